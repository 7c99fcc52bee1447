import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";

/** A PNG: a chequered square of this side, black and transparent. */
export function makePng(side = 8): Buffer {
	const rows = Array.from({ length: side }, (_, y) => [0, ...Array.from({ length: side }, (_, x) => (x + y) % 2)]);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	header.set([8, 3], 8); // eight bits, a palette
	return Buffer.concat([
		Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
		chunk("IHDR", header),
		chunk("PLTE", Buffer.from([0, 0, 0, 255, 255, 255])),
		chunk("tRNS", Buffer.from([255, 0])),
		chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
	const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(crc32(named));
	return Buffer.concat([length, named, sum]);
}

/** A font, Noto Sans: the one that is built in. */
export function font(): Buffer {
	return readFileSync(new URL("../../../../crates/appearance/fonts/NotoSans-Regular.ttf", import.meta.url));
}

/** The same, with a licence that forbids to embed it (`fsType` of the table OS/2). */
export function restrictedFont(): Buffer {
	const bytes = font();
	for (let table = 12; ; table += 16) {
		if (bytes.toString("latin1", table, table + 4) !== "OS/2") continue;
		bytes.writeUInt16BE(2, bytes.readUInt32BE(table + 8) + 8);
		return bytes;
	}
}
