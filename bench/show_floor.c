/* show_floor.c -- the work that no `show` can avoid, as a measure for the real one.
 *
 * Two phases: an untimed one lists the native members of the wheels given, found by
 * content; the timed one reads, inflates and checks each of them, largest first, on a
 * number of threads that reuse their buffers.  With --sha256 the digest of every wheel is
 * part of the timed phase, as it is of `show --format json`; with --signatures the hash of
 * every page that a code signature of a Mach-O file signs, as it is of `show` for macOS.
 * The wheels are trusted: this is for measuring, not for judging. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libdeflate.h>
#include <openssl/evp.h>
#include <zlib.h>

enum {
    END_RECORD_LEN = 22,
    CENTRAL_LEN = 46,
    LOCAL_LEN = 30,
    MAX_COMMENT = 65535,
    PEEK_IN = 512,
    HASH_PIECE = 1 << 20,
    SIGNED_PAGE = 4096,
    MACH_HEADER_LEN = 32,
    CODE_SIGNATURE = 0x1d,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
};

/* piece is one unit of work: a native member, or a whole file to hash. */
struct piece {
    int fd;
    bool hash;
    bool deflated;
    uint32_t crc;
    uint64_t data_off;
    uint64_t packed_len;
    uint64_t len;
    const char *wheel;
};

struct work {
    struct piece *pieces;
    size_t num;
    size_t room;
    size_t next; /* taken under `lock` */
    pthread_mutex_t lock;
    uint64_t max_packed;
    uint64_t max_len;
    uint64_t native_bytes;
    uint64_t packed_bytes;
    uint64_t hashed_bytes;
    size_t num_members; /* of any kind */
    bool signatures;
};

static void
die(const char *where, const char *what)
{
    fprintf(stderr, "show_floor: %s: %s\n", where, what);
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

static uint32_t
u16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
u32(const uint8_t *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static void
read_at(const struct piece *piece, uint8_t *out, uint64_t len, uint64_t off)
{
    while (len > 0) {
        const ssize_t got = pread(piece->fd, out, (size_t)len, (off_t)off);

        if (got <= 0)
            die(piece->wheel, got < 0 ? strerror(errno) : "ends early");
        out += got;
        off += (uint64_t)got;
        len -= (uint64_t)got;
    }
}

/* The first bytes of a member: inflated when it is deflated, 0 when it is too short. */
static uint32_t
read_magic(const struct piece *piece)
{
    uint8_t in[PEEK_IN];
    uint8_t out[4] = { 0 };
    const uint64_t len = piece->packed_len < sizeof in ? piece->packed_len : sizeof in;
    z_stream stream = { .next_in = in, .next_out = out, .avail_out = sizeof out };

    if (piece->len < sizeof out)
        return 0;
    read_at(piece, in, len, piece->data_off);
    if (!piece->deflated)
        return u32(in);
    stream.avail_in = (uInt)len;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        die(piece->wheel, "zlib does not start");
    (void)inflate(&stream, Z_SYNC_FLUSH);
    (void)inflateEnd(&stream);
    return stream.avail_out == 0 ? u32(out) : 0;
}

static bool
is_native(uint32_t magic)
{
    switch (magic) {
    case 0x464c457f: /* ELF */
    case 0xfeedface: /* Mach-O, both sizes, and several in one */
    case 0xfeedfacf:
    case 0xbebafeca:
        return true;
    default:
        return (magic & 0xffff) == 0x5a4d; /* MZ */
    }
}

static void
add_piece(struct work *work, const struct piece *piece)
{
    if (work->num == work->room) {
        work->room = work->room > 0 ? work->room * 2 : 256;
        work->pieces = realloc(work->pieces, work->room * sizeof *work->pieces);
        if (work->pieces == NULL)
            die("memory", "there is not enough");
    }
    work->pieces[work->num++] = *piece;
}

static void
add_member(struct work *work, struct piece *piece, const uint8_t *central)
{
    uint8_t local[LOCAL_LEN];
    const uint64_t local_off = u32(central + 42);

    read_at(piece, local, sizeof local, local_off);
    piece->deflated = u16(central + 10) == 8;
    piece->crc = u32(central + 16);
    piece->packed_len = u32(central + 20);
    piece->len = u32(central + 24);
    piece->data_off = local_off + LOCAL_LEN + u16(local + 26) + u16(local + 28);
    work->num_members++;
    if (!is_native(read_magic(piece)))
        return;
    add_piece(work, piece);
    work->native_bytes += piece->len;
    work->packed_bytes += piece->packed_len;
    if (piece->packed_len > work->max_packed)
        work->max_packed = piece->packed_len;
    if (piece->len > work->max_len)
        work->max_len = piece->len;
}

/* Walks the central directory that the end record in `tail` points at. */
static void
list_members(struct work *work, struct piece *file, const uint8_t *end)
{
    const size_t num = u16(end + 10);
    const uint64_t len = u32(end + 12);
    uint8_t *directory = take(len);
    uint64_t at = 0;

    read_at(file, directory, len, u32(end + 16));
    for (size_t i = 0; i < num; i++) {
        struct piece piece = *file;
        const uint8_t *central = directory + at;

        if (len - at < CENTRAL_LEN || u32(central) != 0x02014b50)
            die(file->wheel, "its directory is damaged");
        const uint64_t step = CENTRAL_LEN + (uint64_t)u16(central + 28) +
                              u16(central + 30) + u16(central + 32);
        if (step > len - at)
            die(file->wheel, "its directory is damaged");
        add_member(work, &piece, central);
        at += step;
    }
    free(directory);
}

static void
list_wheel(struct work *work, const char *path, bool hash)
{
    static uint8_t tail[MAX_COMMENT + END_RECORD_LEN];
    struct piece file = { .fd = open(path, O_RDONLY), .wheel = path };
    struct stat st;

    if (file.fd < 0 || fstat(file.fd, &st) != 0)
        die(path, strerror(errno));
    const uint64_t size = (uint64_t)st.st_size;
    const uint64_t len = size < sizeof tail ? size : sizeof tail;
    read_at(&file, tail, len, size - len);
    for (uint64_t at = len; at >= END_RECORD_LEN; at--) {
        const uint8_t *end = tail + at - END_RECORD_LEN;

        if (u32(end) != 0x06054b50)
            continue;
        if (u16(end + 10) == 0xffff || u32(end + 16) == 0xffffffff)
            die(path, "needs zip64, which this program does not read");
        list_members(work, &file, end);
        if (hash) {
            file.hash = true;
            file.len = size;
            add_piece(work, &file);
            work->hashed_bytes += size;
        }
        return;
    }
    die(path, "has no end record");
}

static int
by_size_descending(const void *a, const void *b)
{
    const uint64_t x = ((const struct piece *)a)->len;
    const uint64_t y = ((const struct piece *)b)->len;

    return (x < y) - (x > y);
}

static struct piece *
next_piece(struct work *work)
{
    struct piece *piece = NULL;

    (void)pthread_mutex_lock(&work->lock);
    if (work->next < work->num)
        piece = &work->pieces[work->next++];
    (void)pthread_mutex_unlock(&work->lock);
    return piece;
}

static void
hash_file(const struct piece *piece, EVP_MD_CTX *digest, uint8_t *buffer)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    bool ok = EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;

    for (uint64_t at = 0; ok && at < piece->len; at += HASH_PIECE) {
        const uint64_t rest = piece->len - at;
        const uint64_t len = rest < HASH_PIECE ? rest : HASH_PIECE;

        read_at(piece, buffer, len, at);
        ok = EVP_DigestUpdate(digest, buffer, (size_t)len) == 1;
    }
    if (!ok || EVP_DigestFinal_ex(digest, sum, NULL) != 1)
        die(piece->wheel, "SHA-256 fails");
}

static uint32_t
u32_big(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The bytes that the signature of a 64-bit image signs; 0 without one. */
static uint64_t
signed_len(const uint8_t *image)
{
    const uint8_t *command = image + MACH_HEADER_LEN;

    if (u32(image) != 0xfeedfacf)
        return 0;
    for (uint32_t num = u32(image + 16); num > 0; num--, command += u32(command + 4))
        if (u32(command) == CODE_SIGNATURE)
            return u32(command + 8);
    return 0;
}

static void
hash_image(const char *wheel, EVP_MD_CTX *digest, const uint8_t *image)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    uint64_t left = signed_len(image);

    for (; left > 0; image += SIGNED_PAGE) {
        const size_t len = left < SIGNED_PAGE ? (size_t)left : SIGNED_PAGE;

        if (EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1 ||
            EVP_DigestUpdate(digest, image, len) != 1 ||
            EVP_DigestFinal_ex(digest, sum, NULL) != 1)
            die(wheel, "SHA-256 fails");
        left -= len;
    }
}

/* Every slice of a universal file, or the one image that a thin one is. */
static void
hash_signed(const char *wheel, EVP_MD_CTX *digest, const uint8_t *file)
{
    if (u32_big(file) != 0xcafebabe) {
        hash_image(wheel, digest, file);
        return;
    }
    for (uint32_t i = 0; i < u32_big(file + 4); i++)
        hash_image(wheel, digest, file + u32_big(file + 8 + 20 * i + 8));
}

static void
read_member(const struct piece *piece, struct libdeflate_decompressor *inflater,
            EVP_MD_CTX *digest, uint8_t *in, uint8_t *out)
{
    uint8_t *content = piece->deflated ? out : in;

    read_at(piece, in, piece->packed_len, piece->data_off);
    if (piece->deflated &&
        libdeflate_deflate_decompress(inflater, in, (size_t)piece->packed_len, out,
                                      (size_t)piece->len, NULL) != LIBDEFLATE_SUCCESS)
        die(piece->wheel, "a member does not inflate");
    if (libdeflate_crc32(0, content, (size_t)piece->len) != piece->crc)
        die(piece->wheel, "a member's CRC is wrong");
    if (digest != NULL && piece->len > MACH_HEADER_LEN)
        hash_signed(piece->wheel, digest, content);
}

static void *
run_worker(void *arg)
{
    struct work *work = arg;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    const bool hashes = work->hashed_bytes > 0 || work->signatures;
    EVP_MD_CTX *digest = hashes ? EVP_MD_CTX_new() : NULL;
    const bool small = work->max_packed < HASH_PIECE && work->hashed_bytes > 0;
    uint8_t *in = take(small ? HASH_PIECE : work->max_packed);
    uint8_t *out = take(work->max_len);
    const struct piece *piece;

    if (inflater == NULL || (hashes && digest == NULL))
        die("memory", "there is not enough");
    while ((piece = next_piece(work)) != NULL) {
        if (piece->hash)
            hash_file(piece, digest, in);
        else
            read_member(piece, inflater, work->signatures ? digest : NULL, in, out);
    }
    free(out);
    free(in);
    EVP_MD_CTX_free(digest);
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

    for (long i = 1; i < num_threads; i++)
        if (pthread_create(&threads[i], NULL, run_worker, work) != 0)
            die("threads", "cannot start one");
    (void)run_worker(work);
    for (long i = 1; i < num_threads; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
}

static void
usage(void)
{
    fputs("usage: show_floor [-j THREADS] [--sha256] [--signatures] WHEEL...\n", stderr);
    exit(EXIT_USAGE);
}

int
main(int argc, char **argv)
{
    struct work work = { .lock = PTHREAD_MUTEX_INITIALIZER };
    long num_threads = sysconf(_SC_NPROCESSORS_ONLN);
    bool hash = false;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--sha256") == 0)
            hash = true;
        else if (strcmp(argv[i], "--signatures") == 0)
            work.signatures = true;
        else if (strcmp(argv[i], "-j") == 0 && i + 1 < argc)
            num_threads = strtol(argv[++i], NULL, 10);
        else if (argv[i][1] == 'j')
            num_threads = strtol(argv[i] + 2, NULL, 10);
        else
            usage();
    }
    if (i == argc || num_threads < 1 || num_threads > 1024)
        usage();
    const int num_wheels = argc - i;
    for (; i < argc; i++)
        list_wheel(&work, argv[i], hash);
    if (work.num > 0)
        qsort(work.pieces, work.num, sizeof *work.pieces, by_size_descending);

    const double wall = seconds(CLOCK_MONOTONIC);
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    run_all(&work, num_threads);
    printf("{\"wheels\": %d, \"members\": %zu, \"native_members\": %zu, "
           "\"packed_bytes\": %llu, \"native_bytes\": %llu, \"largest\": %llu, "
           "\"hashed_bytes\": %llu, \"threads\": %ld, \"wall\": %.6f, \"cpu\": %.6f}\n",
           num_wheels, work.num_members, work.num - (hash ? (size_t)num_wheels : 0),
           (unsigned long long)work.packed_bytes, (unsigned long long)work.native_bytes,
           (unsigned long long)work.max_len, (unsigned long long)work.hashed_bytes,
           num_threads, seconds(CLOCK_MONOTONIC) - wall,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    free(work.pieces);
    return 0;
}
