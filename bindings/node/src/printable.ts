/**
 * Characters that a terminal obeys or that change the order of text: C0 and C1 controls, formatting characters such as the bidirectional
 * controls (UAX #9), line and paragraph separators. Names of a document, a certificate, a token or a program can contain them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text for a terminal or a message: unprintable characters as `\uXXXX`. */
export function printable(text: string): string {
	return text.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
	const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
	return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
