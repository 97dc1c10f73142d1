/* repair_floor.c -- the work that no `repair` can avoid, as a measure for the real one.
 *
 * Standard input lists it, a line each, the largest member first:
 *
 *   make OFFSET PACKED_LEN LEN METHOD PATH    a member that is changed or added: read,
 *                                             inflate, SHA-256, deflate at level -l
 *   check OFFSET PACKED_LEN LEN METHOD PATH   one that stays: read, inflate, SHA-256
 *   write LEN                                 a result: written to folder -o and made durable
 *
 * Members over 8 MiB are deflated in pieces of 4 MiB by all threads, as wheelfix does it.
 * The list is trusted: this is for measuring, not for judging. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libdeflate.h>
#include <openssl/evp.h>

enum {
    WHOLE = 8 << 20,
    PIECE = 4 << 20,
    WRITE_PIECE = 1 << 20,
    DEFLATED = 8,
    LINE_LEN = 8192,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
};

enum kind { MAKE, CHECK, WRITE, DEFLATE };

struct member {
    uint8_t *bytes; /* freed with the last piece */
    size_t left;
};

struct task {
    enum kind kind;
    char *path;
    uint64_t off;
    uint64_t packed_len;
    uint64_t len;
    bool is_deflated;
    struct member *member; /* DEFLATE */
    const uint8_t *at;
};

struct tasks {
    struct task *items;
    size_t num;
    size_t room;
};

struct work {
    struct tasks listed;
    size_t next;
    struct tasks pieces; /* a stack; taken before what is listed */
    size_t num_busy;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const char *out;
    int level;
};

static void
die(const char *where, const char *what)
{
    fprintf(stderr, "repair_floor: %s: %s\n", where, what);
    exit(EXIT_INPUT);
}

static void *
take(size_t len)
{
    void *memory = malloc(len > 0 ? len : 1);

    if (memory == NULL)
        die("memory", "there is not enough");
    return memory;
}

static void
add_task(struct tasks *tasks, const struct task *task)
{
    if (tasks->num == tasks->room) {
        tasks->room = tasks->room == 0 ? 64 : 2 * tasks->room;
        tasks->items = realloc(tasks->items, tasks->room * sizeof *tasks->items);
        if (tasks->items == NULL)
            die("memory", "there is not enough");
    }
    tasks->items[tasks->num++] = *task;
}

static void
read_list(struct work *work)
{
    static char line[LINE_LEN];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct task task = { 0 };
        char word[8], *path = take(LINE_LEN);
        unsigned long long off, packed_len, len;
        int method;

        if (sscanf(line, "write %llu", &len) == 1) {
            task.kind = WRITE;
        } else if (sscanf(line, "%7s %llu %llu %llu %d %8191[^\n]", word, &off,
                          &packed_len, &len, &method, path) == 6) {
            task.kind = strcmp(word, "make") == 0 ? MAKE : CHECK;
            task.off = off;
            task.packed_len = packed_len;
            task.is_deflated = method == DEFLATED;
        } else
            die("the list", line);
        task.len = len;
        task.path = path;
        add_task(&work->listed, &task);
    }
}

static uint8_t *
read_member(const struct task *task, struct libdeflate_decompressor *inflater)
{
    const int fd = open(task->path, O_RDONLY);
    uint8_t *packed = take(task->packed_len);
    uint64_t done = 0;

    if (fd < 0)
        die(task->path, strerror(errno));
    while (done < task->packed_len) {
        const ssize_t got = pread(fd, packed + done, (size_t)(task->packed_len - done),
                                  (off_t)(task->off + done));

        if (got <= 0)
            die(task->path, "ends early");
        done += (uint64_t)got;
    }
    close(fd);
    if (!task->is_deflated)
        return packed;
    uint8_t *bytes = take(task->len);

    if (libdeflate_deflate_decompress(inflater, packed, (size_t)task->packed_len, bytes,
                                      (size_t)task->len, NULL) != LIBDEFLATE_SUCCESS)
        die(task->path, "a member does not inflate");
    free(packed);
    return bytes;
}

static void
digest(EVP_MD_CTX *context, const uint8_t *bytes, uint64_t len)
{
    uint8_t sum[EVP_MAX_MD_SIZE];

    if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, bytes, (size_t)len) != 1 ||
        EVP_DigestFinal_ex(context, sum, NULL) != 1)
        die("OpenSSL", "SHA-256 fails");
}

/* Puts the pieces of a member where any thread takes them; one when it is short. */
static void
add_pieces(struct work *work, const struct task *task, uint8_t *bytes)
{
    const uint64_t step = task->len > WHOLE ? PIECE : task->len;
    struct member *member = take(sizeof *member);

    member->bytes = bytes;
    member->left = step == 0 ? 1 : (size_t)((task->len + step - 1) / step);
    (void)pthread_mutex_lock(&work->lock);
    for (size_t i = member->left; i-- > 0;) {
        const uint64_t at = i * step;
        const struct task piece = {
            .kind = DEFLATE,
            .path = task->path,
            .len = task->len - at < step ? task->len - at : step,
            .member = member,
            .at = bytes + at,
        };

        add_task(&work->pieces, &piece);
    }
    (void)pthread_cond_broadcast(&work->changed);
    (void)pthread_mutex_unlock(&work->lock);
}

static void
deflate_piece(struct work *work, const struct task *task,
              struct libdeflate_compressor *deflater)
{
    const size_t room = libdeflate_deflate_compress_bound(deflater, (size_t)task->len);
    uint8_t *out = take(room);

    if (libdeflate_deflate_compress(deflater, task->at, (size_t)task->len, out, room) ==
        0)
        die(task->path, "does not deflate");
    free(out);
    (void)pthread_mutex_lock(&work->lock);
    const bool is_last = --task->member->left == 0;

    (void)pthread_mutex_unlock(&work->lock);
    if (is_last) {
        free(task->member->bytes);
        free(task->member);
    }
}

static void
write_result(const struct work *work, const struct task *task)
{
    uint8_t *piece = take(WRITE_PIECE);
    char path[LINE_LEN];

    /* Bytes that no file system can store as nothing. */
    for (size_t i = 0; i < WRITE_PIECE; i++)
        piece[i] = (uint8_t)(i * 2654435761U >> 13);
    snprintf(path, sizeof path, "%s/floor-XXXXXX", work->out);
    const int fd = mkstemp(path);

    if (fd < 0)
        die(path, strerror(errno));
    for (uint64_t at = 0; at < task->len;) {
        const uint64_t rest = task->len - at;
        const ssize_t put =
            write(fd, piece, rest < WRITE_PIECE ? (size_t)rest : WRITE_PIECE);

        if (put <= 0)
            die(path, strerror(errno));
        at += (uint64_t)put;
    }
    if (fsync(fd) != 0)
        die(path, strerror(errno));
    close(fd);
    unlink(path);
    free(piece);
}

/* Sleeps while others may still add pieces; false at the end. */
static bool
next_task(struct work *work, struct task *task)
{
    bool got = true;

    (void)pthread_mutex_lock(&work->lock);
    work->num_busy--;
    while (work->pieces.num == 0 && work->next == work->listed.num && work->num_busy > 0)
        (void)pthread_cond_wait(&work->changed, &work->lock);
    if (work->pieces.num > 0)
        *task = work->pieces.items[--work->pieces.num];
    else if (work->next < work->listed.num)
        *task = work->listed.items[work->next++];
    else
        got = false;
    work->num_busy += got;
    if (!got)
        (void)pthread_cond_broadcast(&work->changed);
    (void)pthread_mutex_unlock(&work->lock);
    return got;
}

static void *
run_worker(void *arg)
{
    struct work *work = arg;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(work->level);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct task task;

    if (inflater == NULL || deflater == NULL || context == NULL)
        die("memory", "there is not enough");
    while (next_task(work, &task)) {
        if (task.kind == WRITE) {
            write_result(work, &task);
        } else if (task.kind == DEFLATE) {
            deflate_piece(work, &task, deflater);
        } else {
            uint8_t *bytes = read_member(&task, inflater);

            digest(context, bytes, task.len);
            if (task.kind == MAKE)
                add_pieces(work, &task, bytes);
            else
                free(bytes);
        }
    }
    EVP_MD_CTX_free(context);
    libdeflate_free_compressor(deflater);
    libdeflate_free_decompressor(inflater);
    return NULL;
}

static double
seconds(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The calling thread is the last of the workers. */
static void
run_all(struct work *work, long num_threads)
{
    pthread_t *threads = take((size_t)num_threads * sizeof *threads);

    work->num_busy = (size_t)num_threads;
    for (long i = 1; i < num_threads; i++)
        if (pthread_create(&threads[i], NULL, run_worker, work) != 0)
            die("threads", "cannot start one");
    (void)run_worker(work);
    for (long i = 1; i < num_threads; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
    const int folder = open(work->out, O_RDONLY);

    if (folder < 0 || fsync(folder) != 0)
        die(work->out, strerror(errno));
    close(folder);
}

int
main(int argc, char **argv)
{
    struct work work = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .level = 5,
    };
    long num_threads = sysconf(_SC_NPROCESSORS_ONLN);
    int option;

    while ((option = getopt(argc, argv, "j:l:o:")) != -1) {
        if (option == 'j')
            num_threads = strtol(optarg, NULL, 10);
        else if (option == 'l')
            work.level = (int)strtol(optarg, NULL, 10);
        else if (option == 'o')
            work.out = optarg;
    }
    if (work.out == NULL || num_threads < 1 || num_threads > 1024) {
        fputs("usage: repair_floor -o FOLDER [-j THREADS] [-l LEVEL] <LIST\n", stderr);
        return EXIT_USAGE;
    }
    read_list(&work);
    const double wall = seconds(CLOCK_MONOTONIC);
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

    run_all(&work, num_threads);
    printf("{\"wall\": %.6f, \"cpu\": %.6f}\n", seconds(CLOCK_MONOTONIC) - wall,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    return 0;
}
