/** Of an error's message or a state's 256 KiB; `--json` shows them whole. */
const SHOWN_CHARACTERS = 400;

/** A text for people, in one line and not too long a one. */
export function short(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`;
}
