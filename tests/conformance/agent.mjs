// One agent as a child process: one JSON object a line to it, one a line from it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Failures after which an agent is not started again. */
const MOST_FAILURES = 3;
/** Characters of the agent's standard error that a failure shows. */
const SHOWN = 2000;

export class Agent {
	#start;
	#limit;
	#child;
	#open;
	#failure;
	#failures = 0;

	/** `start` is a command, its arguments and its environment; `limit` the time for an answer, in milliseconds. */
	constructor(start, limit) {
		this.#start = start;
		this.#limit = limit;
	}

	/** Answer to a request. Throws for an agent that ends, hangs or says anything else. The next request starts another process. */
	ask(request) {
		return new Promise((resolve, reject) => {
			if (this.#failure !== undefined) return reject(this.#taken());
			if (this.#failures === MOST_FAILURES) return reject(new Error(`not asked after ${MOST_FAILURES} failures`));
			this.#child ??= this.#spawn();
			const timer = setTimeout(() => this.#fail(`no answer within ${this.#limit} ms`), this.#limit);
			this.#open = { id: request.id, resolve, reject, timer };
			const ascii = JSON.stringify(request).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
			this.#child.running.stdin.write(`${ascii}\n`);
		});
	}

	/** Closes the input, at which the agent must end without another word. */
	async end() {
		const child = this.#child;
		if (child !== undefined) {
			const timer = setTimeout(() => this.#fail(`did not end within ${this.#limit} ms`), this.#limit);
			child.isEnding = true;
			child.running.stdin.end();
			await child.closed;
			clearTimeout(timer);
		}
		if (this.#failure !== undefined) throw this.#taken();
	}

	#spawn() {
		const { command, args = [], env = {} } = this.#start;
		const running = spawn(command, args, { env: { ...process.env, ...env } });
		const child = { running, errors: "", isEnding: false };
		createInterface({ input: running.stdout }).on("line", (line) => this.#hear(child, line));
		running.stderr.setEncoding("utf8").on("data", (text) => {
			child.errors = (child.errors + text).slice(-SHOWN);
		});
		running.stdin.on("error", () => {}); // an agent that ended is noticed by its end
		child.closed = new Promise((resolve) => {
			const ended = (reason) => {
				if (this.#child === child && !(child.isEnding && reason === 0)) this.#fail(`ended: ${reason}`);
				resolve();
			};
			running.on("error", ({ message }) => ended(message)).on("close", (status, signal) => ended(signal ?? status));
		});
		return child;
	}

	#hear(child, line) {
		if (this.#child !== child) return;
		let answer;
		try {
			answer = JSON.parse(line);
		} catch {}
		if (this.#open === undefined || answer?.id !== this.#open.id) return this.#fail(`unasked: ${line}`);
		const { resolve, timer } = this.#open;
		this.#open = undefined;
		clearTimeout(timer);
		resolve(answer);
	}

	/** Ends the process. The failure is that of the open request, else of the next one or of the end. */
	#fail(reason) {
		const { running, errors } = this.#child;
		this.#child = undefined;
		running.kill("SIGKILL");
		this.#failures++;
		this.#failure = new Error(errors === "" ? reason : `${reason}\n${errors.trimEnd()}`);
		if (this.#open === undefined) return;
		const { reject, timer } = this.#open;
		this.#open = undefined;
		clearTimeout(timer);
		reject(this.#taken());
	}

	#taken() {
		const failure = this.#failure;
		this.#failure = undefined;
		return failure;
	}
}
