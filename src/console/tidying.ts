import { edenGC, fullGC } from "bun:jsc";

/** A frame leaves one to two megabytes behind. */
const framesBetween = 5;
/** What outlives those small collections is looked through after so many frames. */
const framesBetweenFull = 400;

/**
 * To be called with every frame: sees to it that what frames leave behind does not pile up. Left to itself the engine waits until there is as
 * much of it as of everything else, and it counts the program's own text, which is on disk, as that: 200 MB instead of 130. Two milliseconds
 * every so often, and some more very seldom, once the frame is on its way.
 */
export function tidying(): () => void {
  let frames = 0;
  return () => {
    frames += 1;
    if (frames % framesBetweenFull === 0) setTimeout(fullGC, 1);
    else if (frames % framesBetween === 0) setTimeout(edenGC, 1);
  };
}
