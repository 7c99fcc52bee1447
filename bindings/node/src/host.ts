import { type Awaitable, andThen, isPromiseLike } from "./awaitable.js";
import type { Control } from "./control.js";
import type { Document } from "./document.js";
import { draw } from "./drawing.js";
import { hostError } from "./errors.js";
import type { Disk } from "./files/types.js";
import type { Message } from "./frame.js";
import type { AnswerFrame, FailureKind, Operation, ResultFrame, StepFrame, StoreRequest, VerifyRequest } from "./frames.js";
import type { Warning } from "./generated.js";
import type { Verify } from "./hash_types.js";
import type { HttpHost } from "./http_host.js";
import { type Signer, signatureBytes, signingRequest } from "./request.js";

/** A question of the machine to its host (docs/protocol.md). */
export type Question = Exclude<StepFrame, { step: "done" } | { step: "error" }>;

/** All that answers the questions of a run. */
export interface Parts {
	readonly document?: Document | undefined;
	readonly disk?: Disk | undefined;
	readonly signers?: readonly Signer[];
	readonly verify?: Verify | undefined;
	/** Absent where a run asks no servers. */
	readonly http?: HttpHost | undefined;
	readonly control: Control;
}

/**
 * Answers the questions of one run. It never throws: the core is told of each failure and decides how to go on, and the error is kept
 * to be thrown again.
 */
export class Host {
	readonly #parts: Parts;
	readonly #thrown: unknown[] = [];
	/** Place of the signer that was asked last. */
	#signer = 0;
	/** Warnings that the caller has. */
	readonly #warned = new Set<string>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** The answer to a question. */
	answer(question: Question, payload: Uint8Array): Awaitable<Message> {
		const { control, document } = this.#parts;
		const failed = (error: unknown) => {
			const kind = this.#keep(error);
			return reply({ answer: "failed", kind: control.isStopped ? "cancelled" : kind });
		};
		try {
			// What ends a commit, or clears up after a failure, is not stopped.
			if (question.step !== "store" || !question.final) {
				control.check();
				document?.refuseChanged();
			}
			const answer = this.#perform(question, payload);
			return isPromiseLike(answer) ? answer.then((made) => made, failed) : answer;
		} catch (error) {
			return failed(error);
		}
	}

	/** The error behind the failure of this number. */
	thrown(failure: number): unknown {
		return this.#thrown[failure];
	}

	/** Hands the caller the warnings of reports that arose after the key was asked. */
	warnLate(warnings: readonly Warning[]): void {
		this.#parts.control.warnLate(warnings.filter((warning) => !this.#warned.has(nameOf(warning))));
	}

	/** Frees the run's memory. */
	end(): void {
		this.#parts.document?.end();
	}

	#perform(question: Question, payload: Uint8Array): Awaitable<Message> {
		const { control, document } = this.#parts;
		switch (question.step) {
			case "read":
				return andThen((document as Document).read(question), (pieces) => {
					const ranges = question.ranges.map(([offset], index): [number, number] => [offset, pieces[index]?.byteLength ?? 0]);
					return reply({ answer: "read", ranges }, pieces);
				});
			case "digest":
				return (document as Document).digest(question, payload);
			case "sign": {
				const { signers = [] } = this.#parts;
				this.#signer = question.signer;
				control.progress("sign", question.signer, signers.length);
				for (const warning of question.warnings) this.#warned.add(nameOf(warning));
				control.warn(question.warnings);
				const request = signingRequest(question.request, payload);
				const signature = signers[question.signer]?.(request.data, request);
				return andThen(control.orStopped(signature), (signature) => {
					document?.refuseChanged();
					const answer = reply({ answer: "sign" }, [signatureBytes(signature)]);
					control.progress("sign", question.signer + 1, signers.length);
					return answer;
				});
			}
			case "draw":
				return control.orStopped(draw({ header: question, payload: [payload] }));
			case "verify":
				return reply({ answer: "verify", verified: this.#verify(question, payload) });
			case "http":
				if (this.#parts.http === undefined) throw hostError("unknownStep", question.step);
				return this.#parts.http.answer(question, payload, control, this.#signer);
			case "store":
				return this.#store(question, payload);
			default:
				throw hostError("unknownStep", (question as { step: string }).step);
		}
	}

	#verify(request: VerifyRequest, payload: Uint8Array): boolean | null {
		const { key, message } = request;
		const [keyBytes, messageBytes] = [payload.subarray(0, key), payload.subarray(key, key + message)];
		return this.#parts.verify?.({ ...request, keyBytes, messageBytes, signatureBytes: payload.subarray(key + message) }) ?? null;
	}

	/** Performs operations on files, up to the first failure. */
	async #store({ final, operations, progress }: StoreRequest, payload: Uint8Array): Promise<Message> {
		const { control, disk } = this.#parts;
		if (progress && final) control.tell("write", progress.done, progress.total);
		else if (progress) control.progress("write", progress.done, progress.total);
		const results: ResultFrame[] = [];
		const read: Uint8Array[] = [];
		let at = 0;
		for (const operation of operations as Operation[]) {
			const length = operation.op === "write" || operation.op === "append" ? operation.length : 0;
			at += length;
			try {
				const { bytes, ...result } = await (disk as Disk).perform(operation, payload.subarray(at - length, at));
				results.push(result);
				if (bytes !== undefined) read.push(bytes);
			} catch (error) {
				results.push({ failed: this.#keep(error) });
				break;
			}
		}
		return reply({ answer: "store", results }, read);
	}

	/** Keeps an error, and tells its kind. */
	#keep(error: unknown): FailureKind {
		this.#thrown.push(error);
		return KINDS[(error as NodeJS.ErrnoException | undefined)?.code as string] ?? "other";
	}
}

function nameOf({ code, message }: Warning): string {
	return `${code} ${message}`;
}

function reply(header: AnswerFrame, payload: readonly Uint8Array[] = []): Message {
	return { header, payload };
}

const KINDS: Record<string, FailureKind> = Object.fromEntries(
	Object.entries({
		exists: "EEXIST",
		missing: "ENOENT ENOTDIR",
		denied: "EACCES EPERM EROFS",
		unsupported: "EOPNOTSUPP ENOTSUP ENOSYS EXDEV EMLINK EINVAL",
		noSpace: "ENOSPC EDQUOT EFBIG",
		busy: "EBUSY ETXTBSY EAGAIN",
	}).flatMap(([kind, codes]) => codes.split(" ").map((code) => [code, kind as FailureKind])),
);
