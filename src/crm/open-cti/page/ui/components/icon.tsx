/** Drawn on 16 by 16, in the colour of the text beside them. */
const paths = {
  handset:
    "M3.5 2.5h2l1 3-1.500 1.200a8 8 0 0 0 4.300 4.300l1.200-1.500 3 1v2c0 .8-.7 1.500-1.500 1.400A11 11 0 0 1 2.100 4c-.1-.8.6-1.500 1.400-1.500z",
  pause: "M5.500 3v10M10.500 3v10",
  play: "M5 3l8 5-8 5z",
  consult: "M2.500 3h11v7.500H8L5 13.500v-3H2.500zM8 7.900v.01M6.700 5.500a1.300 1.300 0 1 1 1.300 1.200",
  transfer: "M2 8h11M9 4l4 4-4 4",
  complete: "M2 8h8M7 5l3 3-3 3M13.500 3v10",
  conference:
    "M8 7.500a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM4 13.500c0-2.500 1.700-4 4-4s4 1.500 4 4M13 4.500a1.800 1.800 0 0 1 0 3.200M14.800 12c0-1.200-.5-2-1.300-2.500",
  keypad:
    "M3.500 3.500h.01M8 3.500h.01M12.500 3.500h.01M3.500 8h.01M8 8h.01M12.500 8h.01M3.500 12.500h.01M8 12.500h.01M12.500 12.500h.01",
  hangUp:
    "M1.800 9.500c3.500-3.600 8.900-3.600 12.400 0l-1.500 2-2.700-1V8.600a7.600 7.600 0 0 0-4 0v1.900l-2.700 1z",
  bell: "M4 11.500V7.500a4 4 0 0 1 8 0v4M2.500 11.500h11M7 13.700h2",
  bellOff: "M4 11.500V7.500a4 4 0 0 1 8 0v4M2.500 11.500h11M7 13.700h2M2 2l12 12",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  down: "M4 6l4 4 4-4",
  up: "M4 10l4-4 4 4",
  leave: "M9.500 3H3v10h6.500M7 8h7M11.500 5.500L14 8l-2.500 2.500",
} as const;

export type IconName = keyof typeof paths;

/** Always beside words, or in something that has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className={name === "keypad" ? "icon dots" : "icon"}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
