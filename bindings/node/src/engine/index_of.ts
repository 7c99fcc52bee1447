/** Where a pattern is found next; -1 where it is not. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
	const [first] = pattern as unknown as [number];
	for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
		if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
	}
	return -1;
}
