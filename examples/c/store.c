// The operations on files that the core asks for (docs/protocol.md): each does one thing, and decides nothing.
#define _GNU_SOURCE
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static json_int_t number(json_t *operation, const char *name) {
  return json_integer_value(json_object_get(operation, name));
}

// A number, or -1 where there is none.
static int optional(json_t *operation, const char *name) {
  json_t *value = json_object_get(operation, name);
  return json_is_integer(value) ? (int)json_integer_value(value) : -1;
}

static json_t *nothing(int result) {
  return result < 0 ? NULL : json_object();
}

static json_t *path_result(const char *path) {
  char *hex = must(calloc(2, strlen(path) + 1), "calloc");
  for (size_t at = 0; path[at] != '\0'; at++) sprintf(hex + 2 * at, "%02x", (unsigned char)path[at]);
  json_t *text = json_string(hex);
  free(hex);
  return text;
}

// Of a file that does not exist, the real path of its folder and its name.
static json_t *resolve(char *path) {
  char real[PATH_MAX + NAME_MAX + 2];
  if (realpath(path, real) == NULL) {
    char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    if (errno != ENOENT) return NULL;
    if (slash != NULL) *slash = '\0';
    if (realpath(slash == NULL ? "." : slash == path ? "/" : path, real) == NULL) return NULL;
    if (strlen(name) > NAME_MAX) return errno = ENAMETOOLONG, NULL;
    strcat(strcat(real, "/"), name);
  }
  return json_pack("{s:o}", "path", path_result(real));
}

static json_t *nanoseconds(struct timespec time) {
  return json_sprintf("%lld", (long long)time.tv_sec * 1000000000 + time.tv_nsec);
}

static json_t *stat_result(int result, const struct stat *found) {
  if (result < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)) return json_pack("{s:{s:s}}", "stat", "type", "missing");
  if (result < 0) return NULL;
  const char *type = S_ISREG(found->st_mode) ? "file" : S_ISDIR(found->st_mode) ? "folder" : S_ISLNK(found->st_mode) ? "link" : "other";
  return json_pack("{s:{s:s, s:o, s:I, s:i, s:I, s:I, s:I, s:o, s:o}}", "stat", "type", type, "identity",
                   json_sprintf("%llx:%llx", (unsigned long long)found->st_dev, (unsigned long long)found->st_ino), "size",
                   (json_int_t)found->st_size, "mode", found->st_mode & 0777, "owner", (json_int_t)found->st_uid, "group",
                   (json_int_t)found->st_gid, "links", (json_int_t)found->st_nlink, "modified", nanoseconds(found->st_mtim), "changed",
                   nanoseconds(found->st_ctim));
}

static json_t *stat_path(const char *path) {
  struct stat found;
  return stat_result(lstat(path, &found), &found);
}

static json_t *stat_file(int file) {
  struct stat found;
  return stat_result(fstat(file, &found), &found);
}

static json_t *keep(int handle, int file) {
  if (file < 0) return NULL;
  if (handle >= HANDLES) fail("the core opens more than %d files", HANDLES);
  files[handle] = file;
  return stat_file(file);
}

static json_t *absent(const char *path) {
  struct stat found;
  if (lstat(path, &found) == 0) return errno = EEXIST, NULL;
  return errno == ENOENT || errno == ENOTDIR ? json_object() : NULL;
}

static json_t *permit(int file, json_t *operation) {
  int owner = optional(operation, "owner"), group = optional(operation, "group"), mode = optional(operation, "mode");
  if ((owner >= 0 || group >= 0) && fchown(file, (uid_t)owner, (gid_t)group) < 0) return NULL;
  return nothing(mode < 0 ? 0 : fchmod(file, (mode_t)mode));
}

static json_t *remove_result(const char *path, const char *identity) {
  json_t *found = stat_path(path);
  if (found == NULL) return NULL;
  const char *own = json_string_value(json_object_get(json_object_get(found, "stat"), "identity"));
  int mine = own != NULL && (identity == NULL || strcmp(own, identity) == 0);
  json_decref(found);
  if (mine && unlink(path) < 0) return NULL;
  return json_pack("{s:b}", "removed", mine);
}

static json_t *list(const char *path, const char *prefix) {
  DIR *folder = opendir(path);
  if (folder == NULL) return NULL;
  json_t *names = json_array();
  for (struct dirent *entry; json_array_size(names) < 10000 && (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) json_array_append_new(names, path_result(entry->d_name));
  }
  closedir(folder);
  return json_pack("{s:o}", "names", names);
}

static json_t *sync_folder(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY);
  if (folder < 0) return NULL;
  int result = fsync(folder) < 0 && errno != EINVAL ? -1 : 0; // some file systems cannot
  int error = errno;
  close(folder);
  errno = error;
  return nothing(result);
}

// The n-th word of a file after the last ')', from 0; empty where there is none.
static json_t *word(const char *path, int index) {
  char text[1024] = "";
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
  }
  char *rest = strrchr(text, ')'), *found = strtok(rest == NULL ? text : rest + 1, " \n");
  while (index-- > 0 && found != NULL) found = strtok(NULL, " \n");
  return json_string(found == NULL ? "" : found);
}

static json_t *process(json_t *asked) {
  char host[256] = "", namespace[64] = "", path[64];
  int own = !json_is_integer(asked), pid = own ? getpid() : (int)json_integer_value(asked);
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  json_t *start = word(path, 19);
  if (!own) return json_pack("{s:{s:b, s:o}}", "process", "lives", kill(pid, 0) == 0 || errno != ESRCH, "start", start);
  gethostname(host, sizeof host - 1);
  if (readlink("/proc/self/ns/pid", namespace, sizeof namespace - 1) < 0) namespace[0] = '\0';
  return json_pack("{s:{s:i, s:I, s:s, s:o, s:s, s:o, s:b}}", "process", "pid", pid, "user", (json_int_t)geteuid(), "host", host, "boot",
                   word("/proc/sys/kernel/random/boot_id", 0), "namespace", namespace, "start", start, "lives", 1);
}

// Returns the result of an operation, or null with errno. given are the bytes to write; what is read is appended to read.
static json_t *perform(json_t *operation, char *path, bytes given, bytes *read) {
  const char *name = json_string_value(json_object_get(operation, "op"));
  int handle = (int)number(operation, "handle"), file = handle >= 0 && handle < HANDLES ? files[handle] : 0;
  if (strcmp(name, "resolve") == 0) return resolve(path);
  if (strcmp(name, "open") == 0) {
    const char *access = json_string_value(json_object_get(operation, "access"));
    int flags = strcmp(access, "read") == 0 ? O_RDONLY : strcmp(access, "write") == 0 ? O_RDWR : O_RDWR | O_APPEND;
    return keep(handle, open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  }
  if (strcmp(name, "create") == 0) return keep(handle, open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)number(operation, "mode")));
  if (strcmp(name, "stat") == 0) return json_object_get(operation, "path") == NULL ? stat_file(file) : stat_path(path);
  if (strcmp(name, "absent") == 0) return absent(path);
  if (strcmp(name, "read") == 0) {
    bytes piece = {must(malloc((size_t)number(operation, "length") + 1), "malloc"), 0};
    piece.length = read_at(file, piece.data, (size_t)number(operation, "length"), (off_t)number(operation, "offset"));
    append(read, piece.data, piece.length);
    free(piece.data);
    return json_pack("{s:I}", "length", (json_int_t)piece.length);
  }
  if (strcmp(name, "write") == 0 || strcmp(name, "append") == 0) {
    off_t at = name[0] == 'a' ? lseek(file, 0, SEEK_END) : (off_t)number(operation, "offset");
    for (ssize_t count; given.length > 0; given.data += count, given.length -= (size_t)count, at += count) {
      count = pwrite(file, given.data, given.length, at);
      if (count < 0) return NULL;
    }
    return json_object();
  }
  if (strcmp(name, "truncate") == 0) return nothing(ftruncate(file, (off_t)number(operation, "length")));
  if (strcmp(name, "sync") == 0) return nothing(fsync(file));
  if (strcmp(name, "permit") == 0) return permit(file, operation);
  if (strcmp(name, "close") == 0) return files[handle] = 0, nothing(close(file));
  if (strcmp(name, "link") == 0 || strcmp(name, "rename") == 0) {
    bytes from = unhex(operation, "from"), to = unhex(operation, "to");
    const char *one = (char *)from.data, *other = (char *)to.data;
    json_t *result = nothing(name[0] == 'l' ? link(one, other) : rename(one, other));
    free(from.data);
    free(to.data);
    return result;
  }
  if (strcmp(name, "remove") == 0) return remove_result(path, json_string_value(json_object_get(operation, "identity")));
  if (strcmp(name, "list") == 0) {
    bytes prefix = unhex(operation, "prefix");
    json_t *names = list(path, (char *)prefix.data);
    free(prefix.data);
    return names;
  }
  if (strcmp(name, "syncFolder") == 0) return sync_folder(path);
  if (strcmp(name, "process") == 0) return process(json_object_get(operation, "pid"));
  if (strcmp(name, "wait") == 0) return nothing(usleep((useconds_t)number(operation, "milliseconds") * 1000));
  return errno = ENOSYS, NULL;
}

// In order, up to the first failure.
bytes answer_store(json_t *step, bytes payload) {
  json_t *operation, *results = json_array();
  bytes read = {NULL, 0};
  size_t index;
  json_array_foreach(json_object_get(step, "operations"), index, operation) {
    const char *name = json_string_value(json_object_get(operation, "op"));
    bytes path = unhex(operation, json_object_get(operation, "path") == NULL ? "to" : "path"), given = {payload.data, 0};
    if (strcmp(name, "write") == 0 || strcmp(name, "append") == 0) given.length = (size_t)number(operation, "length");
    payload.data += given.length;
    json_t *result = perform(operation, (char *)path.data, given, &read);
    int ended = result == NULL;
    const char *subject = path.length > 0 ? (char *)path.data : name;
    json_array_append_new(results, ended ? json_pack("{s:s}", "failed", failed(subject)) : result);
    free(path.data);
    if (ended) break;
  }
  bytes answer = frame(json_pack("{s:s, s:o}", "answer", "store", "results", results), read);
  free(read.data);
  return answer;
}
