/* file.h -- inputs read by pread, outputs that appear whole or not at all, and the few
 * questions about paths that the layers above ask.  The system's own calls stay here. */
#ifndef WF_BASE_FILE_H
#define WF_BASE_FILE_H

#include "base/arena.h"
#include "base/buffer.h"

/* wf_file is an input opened once and read by pread.  Nothing is mapped: a file that
 * shrinks while it is read is a short read, never a signal.  `{ 0 }` is not open. */
struct wf_file {
    int fd_plus_1; /* 0: not open, so that { 0 } is a valid empty state */
    uint64_t size; /* bytes, as it was when opened */
    uint32_t mode; /* permission bits */
};

/* wf_file_open opens a regular file for reading.  A folder, a FIFO, a device or a socket
 * is WF_ERR_IO, and is never waited for.  The error's text does not repeat the path: the
 * caller puts it in front (wf_error_prefix).  On success the caller closes it. */
WF_MUST_USE bool wf_file_open(struct wf_file *out, const char *path,
                              struct wf_error *err);
void wf_file_close(struct wf_file *file);

/* wf_file_duplicate opens `file` a second time, by its descriptor: both are closed on their
 * own, and neither asks for a name.  The size is asked anew. */
WF_MUST_USE bool wf_file_duplicate(struct wf_file *out, const struct wf_file *file,
                                   struct wf_error *err);

/* wf_file_pread fills `len` bytes from `off`; fewer is WF_ERR_IO naming offset, what was
 * asked and what came.  Safe to call from several threads at once. */
WF_MUST_USE bool wf_file_pread(const struct wf_file *file, void *out, size_t len,
                               uint64_t off, struct wf_error *err);

/* wf_file_pread_upto reads as many of `len` bytes as there are and sets *out_len. */
WF_MUST_USE bool wf_file_pread_upto(const struct wf_file *file, void *out, size_t len,
                                    uint64_t off, size_t *out_len, struct wf_error *err);

/* wf_file_read_whole appends the regular file at `path` to `out` (whose maximum bounds
 * it).  Errors carry no path, as with wf_file_open. */
WF_MUST_USE bool wf_file_read_whole(struct wf_buffer *out, const char *path,
                                    struct wf_error *err);

/* wf_stream_read_whole appends all of an open stream (standard input) to `out`. */
WF_MUST_USE bool wf_stream_read_whole(struct wf_buffer *out, int fd,
                                      struct wf_error *err);

/* wf_file_write_atomic writes `content` to a temporary file in the folder of `path`,
 * syncs it, renames it over `path` (a link there is replaced) and syncs the folder.
 * `mode` is cut by the umask, as for any new file.  On failure `path` is as it was and the
 * temporary file is gone; only a folder that cannot be synced is told after the fact. */
WF_MUST_USE bool wf_file_write_atomic(const char *path, struct wf_bytes content,
                                      uint32_t mode, struct wf_error *err);

/* wf_file_remove removes a file (a link, not what it leads to). */
WF_MUST_USE bool wf_file_remove(const char *path, struct wf_error *err);

enum wf_path_kind { WF_PATH_ABSENT, WF_PATH_FILE, WF_PATH_FOLDER, WF_PATH_OTHER };

/* wf_path_kind follows links; anything that cannot be asked about is absent. */
enum wf_path_kind wf_path_kind(const char *path);

/* wf_path_stamp tells two states of a file apart without reading it (size, and time of the
 * last change in nanoseconds); follows links.  False when there is no regular file. */
struct wf_stamp {
    uint64_t size;
    int64_t time_ns;
};
WF_MUST_USE bool wf_path_stamp(struct wf_stamp *out, const char *path);

/* wf_path_is_program: a regular file that this user may execute; follows links. */
bool wf_path_is_program(const char *path);

/* wf_path_resolve follows every link of `path` (absolute, as seen inside `root`) with
 * `root` as the top: an absolute link target starts at `root` again and ".." stops there,
 * so the result never leaves it.  `root` "" is the host.  Returns the path inside the
 * root (arena-owned, starting with '/'), or NULL when it does not exist, is longer than
 * PATH_MAX, or follows more than 40 links. */
char *wf_path_resolve(struct wf_arena *arena, const char *root, const char *path);

/* wf_path_absolute puts the current folder in front of a relative path and follows no
 * link; NULL when the current folder is gone. */
char *wf_path_absolute(struct wf_arena *arena, const char *path);

/* wf_folder_list lists the entries of a folder, sorted by bytes, without "." and "..". */
WF_MUST_USE bool wf_folder_list(struct wf_arena *arena, const char *path, char ***out,
                                size_t *out_num, struct wf_error *err);

/* wf_folder_entry is an entry with what it is; links are followed, and an entry that
 * cannot be asked about is absent. */
struct wf_folder_entry {
    const char *name;
    enum wf_path_kind kind;
    bool is_link;
    bool is_executable; /* by its owner */
};
/* Two folders with the same identity are one. */
struct wf_folder_identity {
    uint64_t device;
    uint64_t number;
};

/* wf_folder_scan is wf_folder_list with what each entry is; *identity is the folder's. */
WF_MUST_USE bool wf_folder_scan(struct wf_arena *arena, const char *path,
                                struct wf_folder_entry **out, size_t *out_num,
                                struct wf_folder_identity *identity,
                                struct wf_error *err);

/* wf_folder_make makes a folder and those above it; one that is there is fine. */
WF_MUST_USE bool wf_folder_make(const char *path, struct wf_error *err);

/* wf_memory_of_machine is the machine's memory in bytes, wf_cpus_usable the number of
 * processors this process may run on (at least 1). */
uint64_t wf_memory_of_machine(void);
unsigned wf_cpus_usable(void);

/* wf_system_release is the release of the running system as `uname -r` prints it. */
char *wf_system_release(struct wf_arena *arena);

/* wf_file_is_terminal asks about an open descriptor; wf_file_terminal_width is the columns
 * of its terminal, or 0. */
bool wf_file_is_terminal(int fd);
unsigned wf_file_terminal_width(int fd);

#endif
