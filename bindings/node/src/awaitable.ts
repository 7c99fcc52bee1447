/** A value that is there, or will be. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Whether the value is yet to come. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** Goes on with the value: now where it is there, else when it comes. */
export function andThen<T, U>(value: Awaitable<T>, next: (value: T) => U): Awaitable<U> {
	return isPromiseLike(value) ? value.then(next as (value: unknown) => U) : next(value as T);
}
