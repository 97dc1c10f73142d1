/* test_macho_signature.c -- code signatures that are right, and each way to be wrong. */
#include "../support/macho_builder.h"
#include "../support/unit.h"

#include "object/macho_file.h"
#include "object/macho_sign.h"
#include "object/macho_signature.h"

/* A slice is code, and a signature behind it that covers it.  What is in the signature is
 * given by the test; a CodeDirectory is made for it by the layout of <kern/cs_blobs.h>. */
enum { CODE_LEN = 2 * 4096 + 512, MOST = 1 << 20 };

struct directory {
    uint32_t version;
    uint32_t flags;
    uint8_t hash_type;
    uint8_t hash_size;
    uint8_t page_shift;
    uint32_t num_special;
    uint32_t code_limit;
    uint64_t code_limit_64;
    const char *team;
};

static const struct directory usual = {
    .version = 0x20400,
    .flags = 0x2,
    .hash_type = CD_HASH_SHA256,
    .hash_size = 32,
    .page_shift = 12,
    .code_limit = CODE_LEN,
};

struct blob {
    uint32_t slot;
    uint32_t magic;   /* of a blob with `text`; */
    const char *text; /* without, it is `directory` */
    const struct directory *directory;
};

struct signing {
    struct wf_buffer slice;
    struct wf_arena arena;
    struct wf_macho_signature found;
};

static void
add_u32(struct wf_buffer *out, uint64_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        wf_buffer_add_char(out, (char)(value >> shift & 0xff));
}

static void
set_u32(struct wf_buffer *out, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        out->data[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Mach header of arm64 or x86_64 without load commands, then numbers. */
static void
add_code(struct wf_buffer *out, uint32_t cpu_type)
{
    const uint32_t header[] = { 0xfeedfacf, cpu_type, 0, 6, 0, 0, 0, 0 };

    for (size_t i = 0; i < WF_COUNT(header); i++)
        for (int shift = 0; shift < 32; shift += 8)
            wf_buffer_add_char(out, (char)(header[i] >> shift & 0xff));
    while (out->len < CODE_LEN)
        wf_buffer_add_char(out, (char)(out->len * 7 + out->len / 256));
}

static enum wf_digest_kind
kind_of(const struct directory *directory)
{
    return directory->hash_type == CD_HASH_SHA1     ? WF_DIGEST_SHA1
           : directory->hash_type == CD_HASH_SHA384 ? WF_DIGEST_SHA384
                                                    : WF_DIGEST_SHA256;
}

static void
add_hash(struct wf_buffer *out, const struct directory *directory, struct wf_bytes bytes)
{
    struct wf_digest *digest = wf_digest_new(kind_of(directory));
    uint8_t hash[WF_DIGEST_MOST] = { 0 };

    wf_digest_of(digest, hash, bytes);
    wf_buffer_add(out, hash, directory->hash_size);
    wf_digest_free(digest);
}

/* The text blob of a slot, as it will stand in the superblob; empty without. */
static struct wf_bytes
blob_bytes(struct wf_buffer *out, const struct blob *blobs, size_t num, uint32_t slot)
{
    wf_buffer_reset(out);
    for (size_t i = 0; i < num; i++)
        if (blobs[i].slot == slot && blobs[i].text != NULL) {
            add_u32(out, blobs[i].magic);
            add_u32(out, 8 + strlen(blobs[i].text));
            wf_buffer_add_str(out, blobs[i].text);
        }
    return wf_buffer_bytes(out);
}

static size_t
fixed_len(uint32_t version)
{
    return version >= 0x20400   ? 88
           : version >= 0x20300 ? 64
           : version >= 0x20200 ? 52
           : version >= 0x20100 ? 48
                                : 44;
}

static uint32_t
count_pages(const struct directory *d)
{
    const uint64_t page = d->page_shift == 0 ? UINT64_MAX : UINT64_C(1) << d->page_shift;
    const uint64_t limit = d->code_limit_64 > 0 ? d->code_limit_64 : d->code_limit;

    return (uint32_t)((limit - 1) / page + 1);
}

static void
add_fixed(struct wf_buffer *out, const struct directory *d, uint32_t len,
          uint32_t hash_off, uint32_t team_off)
{
    const size_t start = out->len;
    const uint32_t fixed = (uint32_t)fixed_len(d->version);
    const uint32_t words[] = { CS_MAGIC_CODE_DIRECTORY,
                               len,
                               d->version,
                               d->flags,
                               hash_off,
                               fixed,
                               d->num_special,
                               count_pages(d),
                               d->code_limit };

    for (size_t i = 0; i < WF_COUNT(words); i++)
        add_u32(out, words[i]);
    wf_buffer_add_char(out, (char)d->hash_size);
    wf_buffer_add_char(out, (char)d->hash_type);
    wf_buffer_add_char(out, 0);
    wf_buffer_add_char(out, (char)d->page_shift);
    add_u32(out, 0);
    add_u32(out, 0); /* scatter */
    add_u32(out, team_off);
    add_u32(out, 0);
    add_u32(out, d->code_limit_64 >> 32);
    add_u32(out, d->code_limit_64);
    while (out->len < start + 88)
        wf_buffer_add_char(out, 0);
    out->len = start + fixed;
}

static void
add_directory(struct wf_buffer *out, const struct directory *d, struct wf_bytes code,
              const struct blob *blobs, size_t num)
{
    const char *team = d->team == NULL ? "" : d->team;
    const size_t team_off = fixed_len(d->version) + sizeof "libdemo";
    const size_t hash_off = team_off + strlen(team) + 1 + d->num_special * d->hash_size;
    const size_t page = d->page_shift == 0 ? SIZE_MAX : (size_t)1 << d->page_shift;
    struct wf_buffer blob;

    wf_buffer_init(&blob, MOST);
    add_fixed(out, d, (uint32_t)(hash_off + count_pages(d) * d->hash_size),
              (uint32_t)hash_off, d->team == NULL ? 0 : (uint32_t)team_off);
    wf_buffer_add(out, "libdemo", sizeof "libdemo");
    wf_buffer_add(out, team, strlen(team) + 1);
    for (uint32_t slot = d->num_special; slot > 0; slot--) {
        const struct wf_bytes bytes = blob_bytes(&blob, blobs, num, slot);

        if (bytes.len > 0)
            add_hash(out, d, bytes);
        else
            for (size_t i = 0; i < d->hash_size; i++)
                wf_buffer_add_char(out, 0);
    }
    for (struct wf_bytes rest = wf_bytes_first(code, d->code_limit); rest.len > 0;) {
        const size_t len = rest.len < page ? rest.len : page;

        add_hash(out, d, wf_bytes_first(rest, len));
        rest = wf_bytes_skip(rest, len);
    }
    wf_buffer_clear(&blob);
}

/* Puts code and a superblob of `blobs` into t->slice. */
static void
sign(struct signing *t, uint32_t cpu_type, const struct blob *blobs, size_t num)
{
    struct wf_buffer blob;

    *t = (struct signing){ 0 };
    wf_buffer_init(&t->slice, MOST);
    wf_buffer_init(&blob, MOST);
    add_code(&t->slice, cpu_type);
    const size_t start = t->slice.len;

    add_u32(&t->slice, CS_MAGIC_SUPER);
    add_u32(&t->slice, 0);
    add_u32(&t->slice, num);
    for (size_t i = 0; i < num; i++) {
        add_u32(&t->slice, blobs[i].slot);
        add_u32(&t->slice, 0);
    }
    for (size_t i = 0; i < num; i++) {
        set_u32(&t->slice, start + 16 + 8 * i, (uint32_t)(t->slice.len - start));
        if (blobs[i].directory == NULL) {
            const struct wf_bytes bytes = blob_bytes(&blob, &blobs[i], 1, blobs[i].slot);

            wf_buffer_add(&t->slice, bytes.data, bytes.len);
        } else {
            struct wf_bytes code = wf_bytes_of(t->slice.data, CODE_LEN);
            struct wf_buffer made;

            wf_buffer_init(&made, MOST);
            add_directory(&made, blobs[i].directory, code, blobs, num);
            wf_buffer_add(&t->slice, made.data, made.len);
            wf_buffer_clear(&made);
        }
    }
    set_u32(&t->slice, start + 4, (uint32_t)(t->slice.len - start));
    wf_buffer_clear(&blob);
}

/* Reads [offset, offset + size) of an exactly sized copy of the slice. */
static const struct wf_macho_signature *
read_at(struct signing *t, uint64_t offset, uint64_t size)
{
    const struct wf_bytes exact = exact_copy(t->slice.data, t->slice.len);

    wf_macho_read_signature(&t->found, &t->arena, exact, offset, size);
    free_exact(exact);
    return &t->found;
}

static const struct wf_macho_signature *
read_all(struct signing *t)
{
    return read_at(t, CODE_LEN, t->slice.len - CODE_LEN);
}

static void
end(struct signing *t)
{
    wf_buffer_clear(&t->slice);
    wf_arena_clear(&t->arena);
}

/* One CodeDirectory, as a linker makes it. */
static void
sign_with(struct signing *t, const struct directory *directory)
{
    const struct blob blobs[] = { { .directory = directory } };

    sign(t, CPU_ARM64, blobs, 1);
}

/* Where the CodeDirectory of sign_with begins. */
enum { CD = CODE_LEN + 20 };

#define assert_fault(t_, text_)                                                          \
    do {                                                                                 \
        assert_non_null(read_all(t_)->fault);                                            \
        assert_string_equal((t_)->found.fault, text_);                                   \
    } while (0)

static void
a_right_signature_has_no_fault(void **state)
{
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    const struct wf_macho_signature *found = read_all(&t);

    assert_null(found->fault);
    assert_int_equal(found->kind, WF_MACHO_ADHOC);
    assert_string_equal(found->identifier, "libdemo");
    assert_null(found->team);
    assert_int_equal(found->version, 0x20400);
    assert_int_equal(found->flags, 2);
    assert_string_equal(found->hash, "sha256");
    assert_int_equal(found->page_size, 4096);
    assert_int_equal(found->offset, CODE_LEN);
    assert_int_equal(found->size, t.slice.len - CODE_LEN);
    assert_int_equal(found->code_limit, CODE_LEN);
    assert_int_equal(found->num_pages, 3);
    assert_int_equal(found->num_bad_pages, 0);
    assert_false(found->has_entitlements);
    end(&t);
}

static void
what_we_write_reads_as_right(void **state)
{
    struct signing t = { 0 };
    const struct wf_macho_signing signing = { .identifier = "libdemo.dylib",
                                              .code_limit = CODE_LEN };
    uint64_t hashes_off;

    (void)state;
    wf_buffer_init(&t.slice, MOST);
    add_code(&t.slice, CPU_X86_64);
    wf_macho_write_signature(&t.slice, &hashes_off, &signing);
    assert_fault(&t, "3 of 3 pages differ from their hashes, the first at 0");
    struct wf_sha256 *sha = wf_sha256_new();

    wf_macho_hash_pages(t.slice.data + CODE_LEN + hashes_off,
                        wf_bytes_of(t.slice.data, CODE_LEN), 0, 3, sha);
    wf_sha256_free(sha);
    assert_null(read_all(&t)->fault);
    assert_int_equal(t.found.kind, WF_MACHO_ADHOC);
    assert_string_equal(t.found.identifier, "libdemo.dylib");
    end(&t);
}

static void
every_hash_and_every_version_is_checked(void **state)
{
    static const struct {
        uint8_t type, size;
        const char *name;
    } hashes[] = {
        { CD_HASH_SHA1, 20, "sha1" },
        { CD_HASH_SHA256, 32, "sha256" },
        { CD_HASH_SHA256_TRUNCATED, 20, "sha256-truncated" },
        { CD_HASH_SHA384, 48, "sha384" },
    };
    static const uint32_t versions[] = { 0x20001, 0x20100, 0x20200, 0x20300, 0x20400 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(hashes); i++)
        for (size_t k = 0; k < WF_COUNT(versions); k++) {
            struct directory directory = usual;
            struct signing t;

            directory.hash_type = hashes[i].type;
            directory.hash_size = hashes[i].size;
            directory.version = versions[k];
            sign_with(&t, &directory);
            assert_null(read_all(&t)->fault);
            assert_string_equal(t.found.hash, hashes[i].name);
            assert_int_equal(t.found.version, versions[k]);
            t.slice.data[5000] ^= 1;
            assert_fault(&t, "1 of 3 pages differ from their hashes, the first at "
                             "0x1000");
            assert_int_equal(t.found.num_bad_pages, 1);
            assert_int_equal(t.found.first_bad, 4096);
            end(&t);
        }
}

static void
the_best_hash_is_judged_as_the_kernel_does(void **state)
{
    struct directory sha1 = usual;
    struct directory sha384 = usual;
    const struct blob blobs[] = {
        { .slot = 0, .directory = &sha1 },
        { .slot = 0x1000, .directory = &sha384 },
        { .slot = 0x1001, .directory = &usual },
    };
    struct signing t;

    (void)state;
    sha1.hash_type = CD_HASH_SHA1;
    sha1.hash_size = 20;
    sha1.flags = 0x20002;
    sha384.hash_type = CD_HASH_SHA384;
    sha384.hash_size = 48;
    sign(&t, CPU_X86_64, blobs, 3);
    assert_null(read_all(&t)->fault);
    assert_string_equal(t.found.hash, "sha384");
    assert_int_equal(t.found.kind, WF_MACHO_ADHOC);
    end(&t);
    sign(&t, CPU_X86_64, blobs, 1);
    assert_null(read_all(&t)->fault);
    assert_string_equal(t.found.hash, "sha1");
    assert_int_equal(t.found.kind, WF_MACHO_LINKER);
    end(&t);
}

static void
kinds_follow_from_flags_and_cms(void **state)
{
    static const struct {
        uint32_t flags;
        const char *cms;
        enum wf_macho_signature_kind kind;
        const char *fault;
    } rows[] = {
        { 0x2, NULL, WF_MACHO_ADHOC, NULL },
        { 0x2, "", WF_MACHO_ADHOC, NULL },
        { 0x20002, NULL, WF_MACHO_LINKER, NULL },
        { 0, "a certificate", WF_MACHO_SIGNED, NULL },
        { 0x10000, "a certificate", WF_MACHO_SIGNED, NULL },
        { 0x2, "a certificate", WF_MACHO_ADHOC, NULL }, /* nobody looks at it */
        { 0, "", WF_MACHO_ADHOC, "it is neither ad hoc nor by a certificate" },
        { 0, NULL, WF_MACHO_ADHOC, "it is neither ad hoc nor by a certificate" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct directory directory = usual;
        const struct blob blobs[] = {
            { .directory = &directory },
            { .slot = 0x10000, .magic = CS_MAGIC_CMS, .text = rows[i].cms },
        };
        struct signing t;

        directory.flags = rows[i].flags;
        sign(&t, CPU_ARM64, blobs, rows[i].cms == NULL ? 1 : 2);
        read_all(&t);
        assert_int_equal(t.found.kind, rows[i].kind);
        assert_int_equal(t.found.flags, rows[i].flags);
        if (rows[i].fault == NULL)
            assert_null(t.found.fault);
        else
            assert_string_equal(t.found.fault, rows[i].fault);
        end(&t);
    }
}

static void
the_team_is_read_where_versions_have_one(void **state)
{
    struct directory directory = usual;
    struct signing t;

    (void)state;
    directory.team = "ABCDE12345";
    sign_with(&t, &directory);
    assert_null(read_all(&t)->fault);
    assert_string_equal(t.found.team, "ABCDE12345");
    end(&t);
    directory.version = 0x20100;
    sign_with(&t, &directory);
    assert_null(read_all(&t)->fault);
    assert_null(t.found.team);
    end(&t);
}

static void
a_limit_of_64_bits_counts_where_versions_have_one(void **state)
{
    struct directory directory = usual;
    struct signing t;

    (void)state;
    directory.code_limit_64 = CODE_LEN;
    sign_with(&t, &directory);
    set_u32(&t.slice, CD + 32, UINT32_MAX);
    assert_null(read_all(&t)->fault);
    assert_int_equal(t.found.code_limit, CODE_LEN);
    end(&t);
    directory.version = 0x20200;
    sign_with(&t, &directory);
    set_u32(&t.slice, CD + 32, UINT32_MAX);
    assert_fault(&t, "it signs 4294967295 bytes, and begins at 8704 itself");
    end(&t);
}

/* Pages of 16 KiB are a kernel's own on arm64, and only there. */
static void
page_sizes_are_the_kernels(void **state)
{
    static const struct {
        uint32_t cpu_type;
        uint8_t shift;
        uint32_t size;
        const char *fault;
    } rows[] = {
        { CPU_ARM64, 12, 4096, NULL },
        { CPU_ARM64, 14, 16384, NULL },
        { CPU_X86_64, 12, 4096, NULL },
        { CPU_X86_64, 14, 16384, "it signs pages of 2^14 bytes; a kernel takes 2^12" },
        { CPU_ARM64, 13, 8192,
          "it signs pages of 2^13 bytes; a kernel takes 2^12, and 2^14 on arm64" },
        { CPU_ARM64, 0, 0,
          "it signs pages of 2^0 bytes; a kernel takes 2^12, and 2^14 on arm64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct directory directory = usual;
        const struct blob blobs[] = { { .directory = &directory } };
        struct signing t;

        directory.page_shift = rows[i].shift;
        sign(&t, rows[i].cpu_type, blobs, 1);
        read_all(&t);
        assert_int_equal(t.found.page_size, rows[i].size);
        assert_int_equal(t.found.num_bad_pages, 0);
        if (rows[i].fault == NULL)
            assert_null(t.found.fault);
        else
            assert_string_equal(t.found.fault, rows[i].fault);
        /* Pages are compared whatever the kernel says of their size. */
        t.slice.data[40] ^= 1;
        assert_int_equal(read_all(&t)->num_bad_pages, 1);
        end(&t);
    }
}

/* dyld asks for whole pages up to the signature; within the last one, the limit may end. */
static void
all_before_the_signature_must_be_covered(void **state)
{
    struct directory directory = usual;
    struct signing t;

    (void)state;
    directory.code_limit = CODE_LEN - 500;
    sign_with(&t, &directory);
    assert_null(read_all(&t)->fault);
    t.slice.data[CODE_LEN - 500] ^= 1; /* nobody's byte */
    assert_null(read_all(&t)->fault);
    t.slice.data[CODE_LEN - 501] ^= 1;
    assert_fault(&t, "1 of 3 pages differ from their hashes, the first at 0x2000");
    end(&t);
    directory.code_limit = 8192;
    sign_with(&t, &directory);
    assert_fault(&t, "it signs 8192 bytes of the 8704 before it");
    assert_int_equal(t.found.num_bad_pages, 0);
    end(&t);
}

static const char requirements[] = "requirements";
static const char entitlements[] = "<plist/>";

static void
sealed_blobs_must_have_their_hashes(void **state)
{
    struct directory directory = usual;
    const struct blob blobs[] = {
        { .directory = &directory },
        { .slot = 2, .magic = CS_MAGIC_REQUIREMENTS, .text = requirements },
        { .slot = 5, .magic = CS_MAGIC_ENTITLEMENTS, .text = entitlements },
        { .slot = 7, .magic = CS_MAGIC_DER_ENTITLEMENTS, .text = "der" },
    };
    struct signing t;

    (void)state;
    directory.num_special = 7;
    sign(&t, CPU_ARM64, blobs, 4);
    assert_null(read_all(&t)->fault);
    assert_true(t.found.has_entitlements);
    t.slice.data[t.slice.len - 1] ^= 1;
    assert_fault(&t, "the blob of slot 7 differs from its hash");
    t.slice.data[t.slice.len - 1] ^= 1;
    set_u32(&t.slice, CODE_LEN + 12 + 8, 0x7fff); /* slot 2 becomes one nobody knows */
    assert_fault(&t, "the blob of slot 2 is missing, and has a hash");
    end(&t);
    directory.num_special = 2;
    sign(&t, CPU_ARM64, blobs, 3);
    assert_fault(&t, "the blob of slot 5 has no hash");
    assert_true(t.found.has_entitlements);
    end(&t);
}

/* Info.plist and resources are files beside the image, or a section of it. */
static void
what_is_sealed_outside_is_not_missed(void **state)
{
    struct directory directory = usual;
    struct signing t;

    (void)state;
    directory.num_special = 3;
    sign_with(&t, &directory);
    const size_t hashes_off = 88 + 8 + 1 + 3 * 32;

    t.slice.data[CD + hashes_off - 1] = 1;          /* slot 1 */
    t.slice.data[CD + hashes_off - 2 * 32 - 1] = 1; /* slot 3 */
    assert_null(read_all(&t)->fault);
    t.slice.data[CD + hashes_off - 32 - 1] = 1; /* slot 2 */
    assert_fault(&t, "the blob of slot 2 is missing, and has a hash");
    end(&t);
}

static void
entitlements_have_their_magic_and_are_there_once(void **state)
{
    struct directory directory = usual;
    const struct blob blobs[] = {
        { .directory = &directory },
        { .slot = 5, .magic = CS_MAGIC_ENTITLEMENTS, .text = entitlements },
    };
    struct signing t;

    (void)state;
    directory.num_special = 5;
    sign(&t, CPU_ARM64, blobs, 2);
    assert_null(read_all(&t)->fault);
    set_u32(&t.slice, t.slice.len - 16, CS_MAGIC_DER_ENTITLEMENTS);
    assert_fault(&t, "slot 5 holds 0xfade7172; entitlements begin with 0xfade7171");
    end(&t);
    const struct blob twice[] = { blobs[0], blobs[1], blobs[1] };

    sign(&t, CPU_ARM64, twice, 3);
    assert_fault(&t, "slot 5 is there twice");
    end(&t);
}

static void
one_hash_has_one_code_directory(void **state)
{
    const struct blob blobs[] = {
        { .slot = 0, .directory = &usual },      { .slot = 0x1000, .directory = &usual },
        { .slot = 0x1001, .directory = &usual }, { .slot = 0x1002, .directory = &usual },
        { .slot = 0x1003, .directory = &usual },
    };
    struct signing t;

    (void)state;
    sign(&t, CPU_ARM64, blobs, 2);
    assert_fault(&t, "two CodeDirectories have hashes of type sha256");
    assert_string_equal(t.found.identifier, "libdemo");
    end(&t);
    sign(&t, CPU_ARM64, blobs, 5);
    assert_fault(&t, "two CodeDirectories have hashes of type sha256");
    end(&t);
}

/* Each row changes a word of a right signature; offsets from the superblob's start. */
static void
each_fault_is_named(void **state)
{
    static const struct {
        size_t at;
        uint32_t value;
        enum wf_macho_signature_kind kind;
        const char *fault;
    } rows[] = {
        { 0, 0xfade0cc1, WF_MACHO_UNSIGNED,
          "it begins with 0xfade0cc1; a signature does with 0xfade0cc0" },
        { 4, 7, WF_MACHO_UNSIGNED, "it claims more than its 213 bytes, or less than 8" },
        { 4, 214, WF_MACHO_UNSIGNED,
          "it claims more than its 213 bytes, or less than 8" },
        { 8, 26, WF_MACHO_UNSIGNED,
          "an index of 26 blobs leaves the 213 bytes of the signature" },
        { 8, 0, WF_MACHO_UNSIGNED, "it has no CodeDirectory" },
        { 12, 1, WF_MACHO_UNSIGNED, "it has no CodeDirectory" },
        { 16, 206, WF_MACHO_UNSIGNED,
          "the blob of slot 0 at 206 leaves the 213 bytes of the signature" },
        { 20, 0xfade0c01, WF_MACHO_UNSIGNED,
          "slot 0 holds 0xfade0c01; a CodeDirectory begins with 0xfade0c02" },
        { 24, 194, WF_MACHO_UNSIGNED,
          "the blob of slot 0 at 20 leaves the 213 bytes of the signature" },
        { 24, 40, WF_MACHO_ADHOC,
          "the CodeDirectory ends after 40 bytes, inside its fixed part" },
        { 24, 107, WF_MACHO_ADHOC,
          "the CodeDirectory has 107 bytes; a kernel wants 108" },
        { 28, 0x20000, WF_MACHO_ADHOC, "CodeDirectory version 0x20000 is not in use" },
        { 28, 0x2f000, WF_MACHO_ADHOC, "CodeDirectory version 0x2f000 is not in use" },
        { 36, 98, WF_MACHO_ADHOC,
          "0 special and 3 page hashes around 98 leave the CodeDirectory of 193 bytes" },
        { 40, 193, WF_MACHO_ADHOC,
          "the identifier at 193 of the CodeDirectory does not end in its 193 bytes" },
        { 44, 4, WF_MACHO_ADHOC,
          "4 special and 3 page hashes around 97 leave the CodeDirectory of 193 bytes" },
        { 48, 2, WF_MACHO_ADHOC, "it has hashes of 2 pages; 8704 bytes have 3" },
        { 48, 4, WF_MACHO_ADHOC,
          "0 special and 4 page hashes around 97 leave the CodeDirectory of 193 bytes" },
        { 52, CODE_LEN + 1, WF_MACHO_ADHOC,
          "it signs 8705 bytes, and begins at 8704 itself" },
        { 56, 0x2005000c, WF_MACHO_ADHOC, "hash type 5 is unknown" },
        { 56, 0x1402000c, WF_MACHO_ADHOC, "hashes of type sha256 have 32 bytes, not 20" },
        { 64, 88, WF_MACHO_ADHOC, "its pages are scattered, which no image needs" },
        { 68, 193, WF_MACHO_ADHOC,
          "the team identifier at 193 of the CodeDirectory does not end in its 193 "
          "bytes" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct signing t;

        sign_with(&t, &usual);
        assert_int_equal(t.slice.len - CODE_LEN, 213);
        set_u32(&t.slice, CODE_LEN + rows[i].at, rows[i].value);
        assert_fault(&t, rows[i].fault);
        if (t.found.kind != rows[i].kind)
            fail_msg("row %zu: kind %d", i, (int)t.found.kind);
        end(&t);
    }
}

static void
a_signature_outside_the_slice_is_a_fault(void **state)
{
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    const uint64_t len = t.slice.len;

    assert_string_equal(read_at(&t, len + 1, 0)->fault,
                        "0 bytes at 8918 leave the slice of 8917");
    assert_string_equal(read_at(&t, CODE_LEN, len)->fault,
                        "8917 bytes at 8704 leave the slice of 8917");
    assert_string_equal(read_at(&t, UINT64_MAX, UINT64_MAX)->fault,
                        "18446744073709551615 bytes at 18446744073709551615 leave the "
                        "slice of 8917");
    assert_string_equal(read_at(&t, len, 0)->fault,
                        "it begins with 0; a signature does with 0xfade0cc0");
    assert_int_equal(t.found.kind, WF_MACHO_UNSIGNED);
    assert_int_equal(t.found.offset, len);
    end(&t);
}

/* Apple's codesign reserves 18 000 bytes more than it fills. */
static void
room_behind_the_superblob_is_no_fault(void **state)
{
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    for (int i = 0; i < 100; i++)
        wf_buffer_add_char(&t.slice, 0);
    assert_null(read_all(&t)->fault);
    end(&t);
}

static void
a_code_directory_may_stand_alone(void **state)
{
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    assert_null(read_at(&t, CODE_LEN, t.slice.len - CODE_LEN)->fault);
    memmove(t.slice.data + CODE_LEN, t.slice.data + CD, t.slice.len - CD);
    t.slice.len -= 20;
    assert_null(read_all(&t)->fault);
    assert_int_equal(t.found.kind, WF_MACHO_ADHOC);
    assert_int_equal(t.found.num_pages, 3);
    end(&t);
}

/* In an ad-hoc signature nobody signs the CodeDirectory itself.  What may change unnoticed
 * are its flags, names, fields without a meaning, and lengths that still make sense. */
static bool
is_free_byte(size_t at)
{
    static const struct {
        size_t first, last;
    } free[] = {
        { 28 + 1,
          28 + 3 }, /* version: those below 0x2f000 are read alike, or as faults */
        { 32, 35 }, /* flags */
        { 40 + 3, 40 + 3 }, /* identifier offset: still text */
        { 44 + 3, 44 + 3 }, /* number of special slots: of Info.plist and the like */
        { 58, 58 },         /* platform */
        { 60, 63 },         /* spare */
        { 68 + 3, 68 + 3 }, /* team: any text in the CodeDirectory */
        { 72, 75 },         /* spare */
        { 84, 107 },        /* executable segment */
        { 108, 116 },       /* names */
    };

    for (size_t i = 0; i < WF_COUNT(free); i++)
        if (at >= free[i].first && at <= free[i].last)
            return true;
    return false;
}

static void
every_changed_byte_is_noticed_but_for_those_that_nobody_signs(void **state)
{
    struct signing t;
    size_t num_unnoticed = 0;

    (void)state;
    sign_with(&t, &usual);
    for (size_t at = 0; at < t.slice.len; at++) {
        for (unsigned change = 1; change < 256; change = change * 2 + 1) {
            t.slice.data[at] ^= (uint8_t)change;
            const bool is_noticed = read_all(&t)->fault != NULL;

            t.slice.data[at] ^= (uint8_t)change;
            if (is_noticed)
                continue;
            if (at < CODE_LEN || !is_free_byte(at - CODE_LEN))
                fail_msg("byte %zu of the signature changed by %#x: unnoticed",
                         at - CODE_LEN, change);
            num_unnoticed++;
        }
        if (at % 64 == 0)
            wf_arena_clear(&t.arena);
        if (at == 64)
            at = CODE_LEN - 64; /* one page is as good as another */
    }
    assert_true(num_unnoticed > 100);
    end(&t);
}

static void
every_prefix_is_a_fault(void **state)
{
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    const size_t len = t.slice.len;

    for (size_t cut = CODE_LEN; cut < len; cut++) {
        t.slice.len = cut;
        assert_non_null(read_all(&t)->fault);
        assert_non_null(read_at(&t, CODE_LEN, len - CODE_LEN)->fault);
    }
    t.slice.len = len;
    end(&t);
}

/* The index of a hostile signature names one blob very often: that costs nothing. */
static void
a_crowded_index_is_read_in_linear_time(void **state)
{
    enum { NUM = 100000 };
    struct signing t;

    (void)state;
    sign_with(&t, &usual);
    struct wf_buffer crowded;

    wf_buffer_init(&crowded, 16 << 20);
    wf_buffer_add(&crowded, t.slice.data, CODE_LEN);
    add_u32(&crowded, CS_MAGIC_SUPER);
    add_u32(&crowded, 12 + NUM * 8 + (t.slice.len - CD));
    add_u32(&crowded, NUM);
    for (uint32_t i = 0; i < NUM; i++) {
        add_u32(&crowded, i < NUM / 2 ? 0 : i);
        add_u32(&crowded, i % 3 == 0 ? UINT32_MAX : 12 + NUM * 8);
    }
    wf_buffer_add(&crowded, t.slice.data + CD, t.slice.len - CD);
    wf_buffer_clear(&t.slice);
    t.slice = crowded;
    assert_fault(&t, "the blob of slot 0 at 4294967295 leaves the 800205 bytes of the "
                     "signature");
    assert_true(t.arena.used < 1 << 16);
    end(&t);
}

/* The builder of other tests signs by itself, and so do linkers. */
static void
signatures_of_built_images_are_right(void **state)
{
    static const struct {
        const char *recipe;
        enum wf_macho_signature_kind kind;
    } rows[] = {
        { "{'signature': 'linker', 'identifier': 'x'}", WF_MACHO_LINKER },
        { "{'signature': 'adhoc', 'arch': 'x86_64', 'identifier': 'x'}", WF_MACHO_ADHOC },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct signing t = { 0 };
        struct wf_error err = { 0 };

        wf_buffer_init(&t.slice, MOST);
        if (!wf_test_macho_from_text(rows[i].recipe, &t.slice, &err))
            fail_msg("%s", err.text);
        const size_t at = wf_test_macho_find(&t.slice, 0, LC_CODE_SIGNATURE, 0);

        read_at(&t, wf_test_macho_get(&t.slice, at + 8),
                wf_test_macho_get(&t.slice, at + 12));
        assert_null(t.found.fault);
        assert_int_equal(t.found.kind, rows[i].kind);
        assert_string_equal(t.found.identifier, "x");
        end(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_signature_has_no_fault),
        cmocka_unit_test(what_we_write_reads_as_right),
        cmocka_unit_test(every_hash_and_every_version_is_checked),
        cmocka_unit_test(the_best_hash_is_judged_as_the_kernel_does),
        cmocka_unit_test(kinds_follow_from_flags_and_cms),
        cmocka_unit_test(the_team_is_read_where_versions_have_one),
        cmocka_unit_test(a_limit_of_64_bits_counts_where_versions_have_one),
        cmocka_unit_test(page_sizes_are_the_kernels),
        cmocka_unit_test(all_before_the_signature_must_be_covered),
        cmocka_unit_test(sealed_blobs_must_have_their_hashes),
        cmocka_unit_test(what_is_sealed_outside_is_not_missed),
        cmocka_unit_test(entitlements_have_their_magic_and_are_there_once),
        cmocka_unit_test(one_hash_has_one_code_directory),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(a_signature_outside_the_slice_is_a_fault),
        cmocka_unit_test(room_behind_the_superblob_is_no_fault),
        cmocka_unit_test(a_code_directory_may_stand_alone),
        cmocka_unit_test(every_changed_byte_is_noticed_but_for_those_that_nobody_signs),
        cmocka_unit_test(every_prefix_is_a_fault),
        cmocka_unit_test(a_crowded_index_is_read_in_linear_time),
        cmocka_unit_test(signatures_of_built_images_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
