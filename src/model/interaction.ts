const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A new interaction id: 10 characters of time (milliseconds) and 10 of chance in Crockford's base 32. Sorts by time, is unique across
 * restarts and machines, and holds nothing that a CRM field would refuse.
 */
export function newInteractionId(now: number, random: () => number): string {
  let id = "";
  for (let rest = Math.floor(now), place = 0; place < 10; place++) {
    id = alphabet.charAt(rest % 32) + id;
    rest = Math.floor(rest / 32);
  }
  for (let place = 0; place < 10; place++) id += alphabet.charAt(Math.floor(random() * 32));
  return id;
}
