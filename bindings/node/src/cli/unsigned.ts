import { Host, type Question } from "../host.js";

/** A host that keeps the signed part of an update: all bytes but the container. The core hands out the update itself only with a signature. */
export class UnsignedHost extends Host {
	#kept: Buffer = Buffer.alloc(0);

	override answer(question: Question, payload: Uint8Array): ReturnType<Host["answer"]> {
		if (question.step === "digest") this.#kept = Buffer.from(payload);
		return super.answer(question, payload);
	}

	/**
	 * The update with its appearance and without a signature: the signature dictionary is `null`, and the field has no value.
	 *
	 * Replaced bytes have the same length, so all offsets stay as they are. A reader sees an empty signature field that has an appearance.
	 */
	unsignedUpdate(byteRange: readonly number[], documentLength: number): Buffer {
		const [, start = 0, end = 0] = byteRange;
		const hole = start - documentLength;
		const update = Buffer.concat([this.#kept.subarray(0, hole), Buffer.alloc(end - start, " "), this.#kept.subarray(hole)]);
		const text = update.toString("latin1");
		const body = text.lastIndexOf(" obj", hole) + " obj".length;
		const [, number, generation] = /(\d+) (\d+) obj$/.exec(text.slice(0, body)) ?? [];
		update.fill(" ", body, text.indexOf("endobj", hole)).write("\nnull\n", body, "latin1");
		const value = `/V ${number} ${generation} R`;
		for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) update.fill(" ", at, at + value.length);
		return update;
	}
}
