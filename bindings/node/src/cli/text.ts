import { printable } from "../printable.js";

export { printable };

/** JSON on one line, all unprintable characters as `\uXXXX`. */
export function toJson(value: object): string {
	return printable(JSON.stringify(value));
}
