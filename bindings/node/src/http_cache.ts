import type { HttpCache, HttpCacheEntry } from "./http.js";

/** Bytes that a cache in memory keeps. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * A cache of responses in memory, for several calls to share. It keeps 64 MiB at the most, and drops the oldest entries first.
 *
 * @example
 * const cache = memoryCache();
 * for (const pdf of inputs) await extend(pdf, { timestamp: { services: [{ url }] }, validation: { trust: [root] }, cache });
 */
export function memoryCache(): HttpCache {
	return new MemoryCache();
}

class MemoryCache implements HttpCache {
	readonly #entries = new Map<string, HttpCacheEntry>();
	#bytes = 0;

	get(key: string): HttpCacheEntry | undefined {
		return this.#entries.get(key);
	}

	set(key: string, entry: HttpCacheEntry): void {
		this.#remove(key);
		if (entry.body.byteLength > MOST_BYTES) return;
		this.#entries.set(key, entry);
		this.#bytes += entry.body.byteLength;
		for (const oldest of this.#entries.keys()) {
			if (this.#bytes <= MOST_BYTES) return;
			this.#remove(oldest);
		}
	}

	#remove(key: string): void {
		this.#bytes -= this.#entries.get(key)?.body.byteLength ?? 0;
		this.#entries.delete(key);
	}
}
