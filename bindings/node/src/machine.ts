import type { Control } from "./control.js";
import { type CoreMachine, Lease } from "./core.js";
import type { Document, Range } from "./document.js";
import { andThen, type Eventually, isPromiseLike } from "./eventually.js";
import { decode, encode, errorOf, type WireError } from "./frame.js";
import type { Report } from "./generated.js";
import { type Signer, signatureBytes, signingRequest, type WireRequest } from "./request.js";

/** What the machine asks of its host. */
export type Question =
	| { step: "read"; ranges: Range[] }
	| { step: "digest"; algorithm: string; later: string[]; suffix: Uint8Array }
	| { step: "sign"; signer: number; request: WireRequest; data: Uint8Array };

/** What a run ends in: a report for each signature; the payload is the update or the saved session. */
export interface Done<Result = unknown> {
	result: Result;
	reports: Report[];
	payload: Uint8Array;
}

/** A run: it yields questions, takes answers, and returns what it was done with. */
export type Story<T> = Generator<Question, T, Uint8Array>;

type Step =
	| { step: "read"; ranges: Range[] }
	| { step: "digest"; algorithm: string; later: string[] }
	| ({ step: "sign"; signer: number } & WireRequest)
	| ({ step: "done" } & Omit<Done, "payload">)
	| { step: "error"; error: WireError };

/** One run of the machine. Whichever way it ends, its instance is free again and the document is let go. */
export function* run<Result>(start: Uint8Array, document: Document): Story<Done<Result>> {
	const lease = new Lease();
	let machine: CoreMachine | undefined;
	try {
		machine = lease.enter((core) => new core.Machine(start));
		let answer = encode({});
		for (;;) {
			const frame = lease.enter(() => (machine as CoreMachine).next(answer));
			const { header, payload } = decode<Step>(frame);
			switch (header.step) {
				case "read":
					answer = yield header;
					break;
				case "digest":
					answer = yield { ...header, suffix: payload };
					break;
				case "sign":
					answer = yield { step: "sign", signer: header.signer, request: header, data: payload };
					break;
				case "done":
					return { ...(header as Omit<Done<Result>, "payload">), payload };
				case "error":
					throw errorOf(header.error);
			}
		}
	} finally {
		lease.end(machine);
		document.end();
	}
}

/** Answers a run from the document and the signers. The first answer that is a promise makes the rest asynchronous. */
export function drive<T>(story: Story<T>, document: Document, signers: readonly Signer[], control: Control): Eventually<T> {
	const answer = (question: Question) => {
		control.check();
		return answerTo(question, document, signers, control);
	};
	try {
		let turn = story.next();
		while (!turn.done) {
			const answered = answer(turn.value);
			if (isPromiseLike(answered)) return driveOn(story, answer, answered);
			turn = story.next(answered);
		}
		return turn.value;
	} catch (error) {
		story.return(undefined as never);
		throw error;
	}
}

async function driveOn<T>(
	story: Story<T>,
	answer: (question: Question) => Eventually<Uint8Array>,
	pending: PromiseLike<Uint8Array>,
): Promise<T> {
	try {
		let turn = story.next(await pending);
		while (!turn.done) turn = story.next(await answer(turn.value));
		return turn.value;
	} catch (error) {
		story.return(undefined as never);
		throw error;
	}
}

function answerTo(question: Question, document: Document, signers: readonly Signer[], control: Control): Eventually<Uint8Array> {
	switch (question.step) {
		case "read":
			return andThen(document.read(question.ranges), (pieces) => {
				const ranges = question.ranges.map(([offset], index) => [offset, pieces[index]?.byteLength]);
				return encode({ answer: "read", ranges }, pieces);
			});
		case "digest":
			return andThen(document.digest(question.algorithm, question.later, question.suffix), (digest) =>
				encode({ answer: "digest" }, [digest]),
			);
		case "sign": {
			control.progress("sign", question.signer, signers.length);
			const request = signingRequest(question.request, question.data);
			const signature = signers[question.signer]?.(request.data, request);
			return andThen(control.orStopped(signature), (signature) => {
				const answer = encode({ answer: "sign" }, [signatureBytes(signature)]);
				control.progress("sign", question.signer + 1, signers.length);
				return answer;
			});
		}
	}
}
