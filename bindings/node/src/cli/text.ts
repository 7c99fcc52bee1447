/**
 * Characters that a terminal obeys or that change the order of text: C0 and C1 controls, line and paragraph separators, and bidirectional
 * controls (UAX #9). Names and reasons of a document, a certificate or a program can contain them.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text for a terminal or a message: unprintable characters as `\uXXXX`. */
export function printable(text: string): string {
	return text.replace(UNPRINTABLE, escape);
}

/** JSON on one line, all unprintable characters as `\uXXXX`. */
export function toJson(value: object): string {
	return printable(JSON.stringify(value));
}

function escape(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
