import { useEffect, useState } from "react";
import { keep, kept } from "../browser.ts";

const name = "cti.softphone.sound";
/** Milliseconds that the two tones take. */
const sample = 900;

/** Whether ringing is heard, kept in this browser; off until somebody wants it. */
export function useSound(rings: boolean): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => kept(name) === "on");
  useEffect(() => (on && rings ? ring() : undefined), [on, rings]);
  return [
    on,
    (next) => {
      keep(name, next ? "on" : "off");
      setOn(next);
      // Once, so that one knows what it will be.
      if (next && !rings) setTimeout(ring(), sample);
    },
  ];
}

/** Two soft tones every three seconds; the returned function ends it. */
function ring(): () => void {
  const context = new AudioContext();
  const chime = (): void => {
    // A browser that wants a click first stays silent, and does not make up for it at once later.
    if (context.state !== "running") return;
    for (const [at, pitch] of [
      [0, 660],
      [0.25, 880],
    ] as const) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const start = context.currentTime + at;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.15, start + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.55);
    }
  };
  void context.resume().then(chime, () => undefined);
  const again = setInterval(chime, 3000);
  return () => {
    clearInterval(again);
    void context.close();
  };
}
