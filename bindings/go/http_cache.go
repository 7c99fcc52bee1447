package rustpdf

import (
	"context"
	"reflect"
	"sync"
	"time"
)

const (
	// cacheTime is the time for which a response is kept.
	cacheTime = time.Hour
	// mostCached is the size of all responses in a cache, in bytes.
	mostCached = 64 << 20
)

// HTTPCache keeps responses of servers that several documents need: OCSP responses, revocation lists and
// certificates of issuers. It is used by several goroutines at once.
//
// Each response is checked again whenever it is used. An entry older than an hour is not used. A response
// that several documents need at the same time is asked for once. Default: [NewHTTPCache], one for each
// call; [SignMany] and [ExtendMany] share it among their documents. Share one among calls by [WithCache].
type HTTPCache interface {
	// Get returns the entry of a key, if there is one.
	Get(ctx context.Context, key string) (entry HTTPCacheEntry, found bool)
	// Set keeps an entry. It must not change the body.
	Set(ctx context.Context, key string, entry HTTPCacheEntry)
}

// HTTPCacheEntry is a response in an [HTTPCache].
type HTTPCacheEntry struct {
	// Body is the body of the response. Do not change it.
	Body []byte
	// Time is the time of the response.
	Time time.Time
}

// NewHTTPCache makes a cache in memory, of 64 MiB at the most.
func NewHTTPCache() HTTPCache {
	return &memoryCache{entries: map[string]HTTPCacheEntry{}}
}

// memoryCache keeps responses, and removes the oldest if they become too large.
type memoryCache struct {
	guard   sync.Mutex
	entries map[string]HTTPCacheEntry
	// keys are the keys in the order of their entries' arrival.
	keys []string
	size int
}

func (c *memoryCache) Get(_ context.Context, key string) (HTTPCacheEntry, bool) {
	c.guard.Lock()
	defer c.guard.Unlock()
	entry, found := c.entries[key]
	return entry, found
}

func (c *memoryCache) Set(_ context.Context, key string, entry HTTPCacheEntry) {
	if len(entry.Body)+len(key) > mostCached {
		return
	}
	c.guard.Lock()
	defer c.guard.Unlock()
	if old, found := c.entries[key]; found {
		c.size -= len(old.Body) + len(key)
	} else {
		c.keys = append(c.keys, key)
	}
	c.entries[key] = entry
	c.size += len(entry.Body) + len(key)
	for c.size > mostCached {
		oldest := c.keys[0]
		if oldest == key { // the new entry has the place of an old one
			c.keys = append(c.keys[1:], key)
			continue
		}
		c.keys = c.keys[1:]
		c.size -= len(c.entries[oldest].Body) + len(oldest)
		delete(c.entries, oldest)
	}
}

// cacheKey is a key of a cache.
type cacheKey struct {
	// cache is the cache, or a value that stands for it.
	cache any
	key   string
}

// cacheKeyOf returns a key of a cache. A cache that cannot be compared is that of this sender alone.
func (s *sender) cacheKeyOf(key string) cacheKey {
	if reflect.ValueOf(s.cache).Comparable() {
		return cacheKey{s.cache, key}
	}
	return cacheKey{s, key}
}

// underWay are the requests that a cache will have, of all calls: a key has one at a time, and others wait
// for its response.
var underWay keyLocks

// keyLocks are keys in use.
type keyLocks struct {
	guard sync.Mutex
	held  map[cacheKey]chan struct{}
}

// acquire waits until no other goroutine has the key. Errors: the cause of the context.
func (k *keyLocks) acquire(ctx context.Context, key cacheKey) error {
	for {
		k.guard.Lock()
		released, isHeld := k.held[key]
		if !isHeld {
			if k.held == nil {
				k.held = map[cacheKey]chan struct{}{}
			}
			k.held[key] = make(chan struct{})
			k.guard.Unlock()
			return nil
		}
		k.guard.Unlock()
		select {
		case <-released:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (k *keyLocks) release(key cacheKey) {
	k.guard.Lock()
	defer k.guard.Unlock()
	close(k.held[key])
	delete(k.held, key)
}
