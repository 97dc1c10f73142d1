/* produce.c -- read, patch, digest and deflate new members (see produce.h). */
#include "repair/produce.h"

#include <inttypes.h>
#include <string.h>

#include "object/macho_fuse.h"

enum {
    WINDOW = 64 << 20, /* inflated bytes made ahead of the writer */
    STAGE_MAKE = 8,    /* before all reading of later wheels */
    STAGE_DEFLATE = 9, /* chunks of a member that is being made */
    /* A patch adds a copy of .dynstr at most; a signature a hash for each page, and
     * slices move to the next multiple of their alignment. */
    LARGEST_GROWTH = 1 << 26,
    SHARE_OF_HASHES = 64, /* at most one byte of a signature for so many signed ones */
    LEAST_TO_SPLICE = 1 << 18, /* shorter members are deflated as soon as taken apart */
    LEAST_TO_TAKE = 1 << 20,   /* shorter ones are copied, so that workers keep room */
};

/* wf_chunk is a part of a long member, deflated on its own. */
struct wf_chunk {
    struct wf_product *product;
    struct wf_bytes bytes;
    struct wf_buffer stream;
    struct wf_error err;
    bool is_last;
};

static uint64_t
size_of(const struct wf_product *product)
{
    const struct wf_plan_member *member = product->member;

    if (member->graft != NULL)
        return member->graft->size;
    if (member->file != NULL)
        return member->file->size;
    if (member->source == WF_FROM_FUSE)
        return member->member->size + member->other_member->size;
    return member->member != NULL ? member->member->size : member->bytes.len;
}

/* What a source of so many bytes can become. */
static uint64_t
most_of(uint64_t size)
{
    return size + size / SHARE_OF_HASHES + LARGEST_GROWTH;
}

static void
digest(struct wf_worker *worker, uint8_t out[WF_SHA256_LEN], struct wf_bytes bytes)
{
    struct wf_sha256 *sha = wf_worker_sha256(worker);

    wf_sha256_start(sha);
    wf_sha256_add(sha, bytes);
    wf_sha256_end(sha, out);
}

/* A file of the system as it was when the plan was made: a library's name has the digest in
 * it. */
static bool
read_outside(struct wf_worker *worker, const char *from, uint64_t size,
             const uint32_t *crc, struct wf_error *err)
{
    struct wf_file file = { 0 };

    if (!wf_file_open(&file, from, err))
        return wf_error_prefix(err, "%s", from);
    wf_buffer_reset(&worker->out);
    bool ok = file.size == size
                  ? wf_buffer_reserve(&worker->out, (size_t)size) &&
                        wf_file_pread(&file, worker->out.data, (size_t)size, 0, err)
                  : wf_error_set(err, WF_ERR_IO,
                                 "changed while it was read: it had %llu bytes and has "
                                 "%llu now",
                                 (unsigned long long)size, (unsigned long long)file.size);

    wf_file_close(&file);
    if (!ok)
        return wf_error_prefix(err, "%s", from);
    worker->out.len = (size_t)size;
    if (crc != NULL && wf_crc32(0, wf_buffer_bytes(&worker->out)) != *crc) {
        wf_error_set(err, WF_ERR_IO, "changed while it was read; repair the wheel again");
        return wf_error_prefix(err, "%s", from);
    }
    return true;
}

static bool
read_source(struct wf_worker *worker, struct wf_product *product, struct wf_error *err)
{
    const struct wf_plan_member *member = product->member;

    if (member->graft != NULL)
        return read_outside(worker, member->graft->from, member->graft->size,
                            &member->graft->crc, err);
    if (member->file != NULL)
        return read_outside(worker, member->file->from, member->file->size,
                            member->file->is_unread ? NULL : &member->file->crc, err);
    if (member->member != NULL)
        return wf_zip_read(&worker->out, &worker->in,
                           member->zip != NULL ? member->zip : product->producer->zip,
                           member->member, worker->inflater, err);
    wf_buffer_reset(&worker->out);
    wf_buffer_add(&worker->out, member->bytes.data, member->bytes.len);
    return true;
}

static const struct wf_plan_edit *
change_of(const struct wf_plan_member *member)
{
    return member->graft != NULL ? &member->graft->change : member->change;
}

/* Strips from worker->out into product->bytes, keeping what goes when that was asked. */
static bool
strip(struct wf_worker *worker, struct wf_product *product, struct wf_error *err)
{
    const struct wf_repair_options *options = product->producer->options;
    const struct wf_bytes image = wf_buffer_bytes(&worker->out);

    if (options->debug_dir == NULL)
        return wf_elf_strip(&product->bytes, image, options->strip, err);
    wf_buffer_init(&product->debug_file, image.len + LARGEST_GROWTH);
    return wf_elf_debug_file(&product->debug_file, image, err) &&
           wf_elf_strip_linked(&product->bytes, image, options->strip,
                               product->debug_name, wf_buffer_bytes(&product->debug_file),
                               err);
}

/* What one step made is what the next one reads. */
static void
hand_on(struct wf_worker *worker, struct wf_product *product)
{
    wf_buffer_reset(&worker->out);
    wf_buffer_add(&worker->out, product->bytes.data, product->bytes.len);
    wf_buffer_reset(&product->bytes);
}

/* Stripped only where there is no room without: what stands behind the sections of an image
 * holds a new one up, and mostly that is symbols. */
static bool
edit_pe(struct wf_worker *worker, struct wf_product *product,
        const struct wf_plan_edit *asked, struct wf_error *err)
{
    if (wf_pe_apply_edit(&product->bytes, &product->pe_edited,
                         wf_buffer_bytes(&worker->out), asked->pe, err))
        return true;
    if (!asked->strip || err->kind != WF_ERR_REFUSED)
        return false;
    struct wf_error why = { 0 };

    wf_buffer_reset(&product->bytes);
    if (!wf_pe_strip(&product->bytes, wf_buffer_bytes(&worker->out), &why) ||
        !wf_buffer_ok(&product->bytes, "the stripped image", &why))
        return false;
    hand_on(worker, product);
    *err = why;
    return wf_pe_apply_edit(&product->bytes, &product->pe_edited,
                            wf_buffer_bytes(&worker->out), asked->pe, err);
}

static bool
edit(struct wf_worker *worker, struct wf_product *product,
     const struct wf_plan_edit *asked, struct wf_error *err)
{
    if (asked->pe != NULL)
        return edit_pe(worker, product, asked, err);
    if (asked->macho != NULL)
        return wf_macho_apply_edit(&product->bytes, &product->macho_edited,
                                   &product->arena, wf_buffer_bytes(&worker->out),
                                   asked->macho, err);
    return wf_elf_apply_edit(&product->bytes, &product->edited,
                             wf_buffer_bytes(&worker->out), &asked->edit, err);
}

/* What stays as it was read.  A long one is not copied: the worker would not keep its buffer
 * anyway. */
static void
take_unchanged(struct wf_worker *worker, struct wf_product *product)
{
    if (worker->out.len < LEAST_TO_TAKE || worker->out.over) {
        wf_buffer_add(&product->bytes, worker->out.data, worker->out.len);
        return;
    }
    const size_t max = worker->out.max;

    product->bytes = worker->out;
    wf_buffer_init(&worker->out, max);
}

/* worker->out becomes product->bytes.  An image with less in it is cheaper to edit; but a
 * debug file has the section headers of what it belongs to, so the edit comes first where
 * one is made.  A Mach-O edit strips by itself: it signs what is left; so does a PE edit,
 * when it must. */
static bool
change(struct wf_worker *worker, struct wf_product *product, struct wf_error *err)
{
    const struct wf_plan_edit *asked = change_of(product->member);
    const bool edit_first = product->producer->options->debug_dir != NULL;
    bool ok = true;

    wf_buffer_init(&product->bytes, (size_t)most_of(worker->out.len));
    if (asked == NULL) {
        take_unchanged(worker, product);
        return true;
    }
    const bool strips = asked->strip && asked->macho == NULL && asked->pe == NULL;

    if (strips && edit_first) {
        ok = edit(worker, product, asked, err);
        hand_on(worker, product);
    }
    if (ok && strips)
        ok = strip(worker, product, err);
    if (ok && strips && !edit_first)
        hand_on(worker, product);
    if (ok && !(strips && edit_first))
        ok = edit(worker, product, asked, err);
    return ok && wf_buffer_ok(&product->bytes, "the changed object", err);
}

/* Both files are needed at once, and a worker has room for one. */
static bool
fuse(struct wf_worker *worker, struct wf_product *product, struct wf_error *err)
{
    const struct wf_plan_member *member = product->member;
    struct wf_buffer first;

    wf_buffer_init(&first, SIZE_MAX);
    const bool ok = wf_zip_read(&first, &worker->in, member->zip, member->member,
                                worker->inflater, err) &&
                    wf_zip_read(&worker->out, &worker->in, member->other_zip,
                                member->other_member, worker->inflater, err);

    if (!ok) {
        wf_buffer_clear(&first);
        return false;
    }
    wf_buffer_init(&product->bytes, (size_t)most_of(size_of(product)));
    const bool fused = wf_macho_fuse(&product->bytes, wf_buffer_bytes(&first),
                                     wf_buffer_bytes(&worker->out), err);

    wf_buffer_clear(&first);
    return fused && wf_buffer_ok(&product->bytes, "the universal file", err);
}

/* Deflated data that is no shorter is stored. */
static void
finish(struct wf_product *product)
{
    const bool stored =
        product->stream.len == 0 || product->stream.len >= product->bytes.len;

    product->packed.size = product->bytes.len;
    product->packed.method = stored ? WF_ZIP_STORED : WF_ZIP_DEFLATED;
    product->packed.bytes = wf_buffer_bytes(stored ? &product->bytes : &product->stream);
    wf_buffer_clear(stored ? &product->stream : &product->bytes);
    wf_pool_signal(product->producer->pool, &product->ready);
}

static void
fail(struct wf_product *product)
{
    wf_error_prefix(&product->err, "%s", product->member->name);
    wf_pool_signal(product->producer->pool, &product->ready);
}

static int
level_of(const struct wf_producer *producer)
{
    return producer->options->level < 0 ? WF_DEFLATE_LEVEL : producer->options->level;
}

/* The chunks' streams, one behind the other, are the member's. */
static void
join_chunks(struct wf_product *product)
{
    bool ok = true;

    for (size_t i = 0; i < product->num_chunks; i++) {
        struct wf_chunk *chunk = &product->chunks[i];

        if (ok && chunk->err.kind != WF_ERR_NONE) {
            product->err = chunk->err;
            ok = false;
        }
        if (ok)
            wf_buffer_add(&product->stream, chunk->stream.data, chunk->stream.len);
        wf_buffer_clear(&chunk->stream);
    }
    if (ok && wf_buffer_ok(&product->stream, "the deflated member", &product->err))
        finish(product);
    else
        fail(product);
}

static void
deflate_chunk(struct wf_worker *worker, void *arg)
{
    struct wf_chunk *chunk = arg;
    struct wf_product *product = chunk->product;
    struct wf_producer *producer = product->producer;

    wf_buffer_init(&chunk->stream, SIZE_MAX);
    wf_deflate(wf_worker_deflater(worker, level_of(producer)), chunk->bytes,
               &chunk->stream);
    if (!chunk->is_last)
        (void)!wf_deflate_join(&chunk->stream, &chunk->err);
    if (wf_pool_countdown(producer->pool, &product->left_chunks) == 0)
        join_chunks(product);
}

static size_t
chunk_len(const struct wf_producer *producer)
{
    return producer->small_chunks ? WF_DEFLATE_SMALL_CHUNK : WF_DEFLATE_CHUNK;
}

static bool
is_in_chunks(const struct wf_producer *producer, size_t len)
{
    const size_t whole =
        producer->small_chunks ? WF_DEFLATE_SMALL_WHOLE : WF_DEFLATE_WHOLE;

    return level_of(producer) > 0 && len > whole;
}

static void
start_chunks(struct wf_product *product)
{
    const size_t most = chunk_len(product->producer);
    struct wf_bytes rest = wf_buffer_bytes(&product->bytes);

    /* And one for the digest, which is made meanwhile. */
    product->left_chunks = product->num_chunks + 1;
    for (size_t i = 0; i < product->num_chunks; i++) {
        struct wf_chunk *chunk = &product->chunks[i];
        const size_t len = rest.len < most ? rest.len : most;

        *chunk = (struct wf_chunk){ .product = product,
                                    .bytes = wf_bytes_first(rest, len),
                                    .is_last = i + 1 == product->num_chunks };
        rest = wf_bytes_skip(rest, len);
    }
    for (size_t i = 0; i < product->num_chunks; i++) {
        const struct wf_task task = {
            .stage = STAGE_DEFLATE,
            .size = product->chunks[i].bytes.len,
            .cost = product->chunks[i].bytes.len,
            .run = deflate_chunk,
            .arg = &product->chunks[i],
        };

        wf_pool_submit(product->producer->pool, &task);
    }
}

static void
pack(struct wf_worker *worker, void *arg)
{
    struct wf_product *product = arg;
    const struct wf_bytes bytes = wf_buffer_bytes(&product->bytes);
    const int level = level_of(product->producer);
    const bool in_chunks = is_in_chunks(product->producer, bytes.len);
    const size_t chunk = chunk_len(product->producer);

    if (product->is_spliced) {
        digest(worker, product->sha256, bytes);
        product->packed.crc = wf_crc32(0, bytes);
        finish(product);
        return;
    }
    wf_buffer_init(&product->stream, SIZE_MAX);
    product->num_chunks = (bytes.len + chunk - 1) / chunk;
    if (in_chunks)
        start_chunks(product);
    digest(worker, product->sha256, bytes);
    product->packed.crc = wf_crc32(0, bytes);
    if (in_chunks) {
        if (wf_pool_countdown(product->producer->pool, &product->left_chunks) == 0)
            join_chunks(product);
        return;
    }
    if (level > 0)
        wf_deflate(wf_worker_deflater(worker, level), bytes, &product->stream);
    finish(product);
}

/* A worker keeps its buffer for the next member; that of a long one would stand beside the
 * product, its chunks and what verifies it, and be needed by nobody. */
static void
release_long(struct wf_buffer *buffer)
{
    if (buffer->cap > WF_DEFLATE_WHOLE)
        wf_buffer_clear(buffer);
}

/* Strippers change nearly all bytes, and signatures come later. */
bool
wf_product_may_splice(const struct wf_plan_member *member,
                      const struct wf_repair_options *options)
{
    return member->source == WF_FROM_EDIT && options->level < 0 &&
           member->member->method == WF_ZIP_DEFLATED &&
           member->member->size >= LEAST_TO_SPLICE && member->change != NULL &&
           member->change->macho == NULL && !member->change->strip;
}

/* An edit leaves most of a file as it was, and so can its stream be: the worker has both
 * still at hand. */
static void
splice(struct wf_worker *worker, struct wf_product *product)
{
    const struct wf_producer *producer = product->producer;

    if (producer->is_rehearsal ||
        !wf_product_may_splice(product->member, producer->options))
        return;
    wf_buffer_init(&product->stream, SIZE_MAX);
    product->is_spliced = wf_deflate_splice(
        &product->stream, wf_worker_deflater(worker, level_of(producer)),
        wf_buffer_bytes(&worker->in), wf_buffer_bytes(&worker->out),
        wf_buffer_bytes(&product->bytes));
    if (!product->is_spliced)
        wf_buffer_clear(&product->stream);
}

static void
make(struct wf_worker *worker, void *arg)
{
    struct wf_product *product = arg;
    const bool ok = product->member->source == WF_FROM_FUSE
                        ? fuse(worker, product, &product->err)
                        : read_source(worker, product, &product->err) &&
                              change(worker, product, &product->err);

    if (ok)
        splice(worker, product);
    release_long(&worker->out);
    if (!ok) {
        fail(product);
        return;
    }
    if (product->producer->is_rehearsal) {
        wf_buffer_clear(&product->bytes);
        wf_pool_signal(product->producer->pool, &product->ready);
        return;
    }
    product->hashing = (struct wf_hash_pages){
        .pool = product->producer->pool,
        .arena = &product->arena,
        .file = &product->bytes,
        .edited = &product->macho_edited,
        .done = pack,
        .arg = product,
    };
    wf_hash_pages_start(&product->hashing, worker);
}

/* One folder takes the debug files of all members of all wheels, where members of one name
 * may differ: "demo-_native.so-1a2b3c4d.debug", by a digest of what is stripped. */
static const char *
debug_name(struct wf_arena *arena, const struct wf_plan_member *member)
{
    const struct wf_plan_graft *graft = member->graft;
    const uint8_t *sha256 = graft == NULL ? NULL : graft->sha256;
    const uint32_t digest = graft == NULL
                                ? member->member->crc
                                : (uint32_t)sha256[0] << 24 | (uint32_t)sha256[1] << 16 |
                                      (uint32_t)sha256[2] << 8 | sha256[3];
    char *name = wf_arena_printf(arena, "%s-%08" PRIx32 ".debug", member->name, digest);

    for (char *c = name; *c != 0; c++)
        if (*c == '/')
            *c = '-';
    return name;
}

/* What the arena gives is taken on the thread that asks, never by a worker. */
static void
start(struct wf_producer *producer, struct wf_product *product)
{
    const uint64_t size = size_of(product);
    const struct wf_task task = {
        .stage = STAGE_MAKE,
        .size = size,
        .cost = 3 * size,
        .run = make,
        .arg = product,
    };

    product->producer = producer;
    wf_arena_init(&product->arena, producer->options->audit->limits.arena_bytes);
    product->chunks =
        wf_arena_array(producer->arena, (size_t)most_of(size) / chunk_len(producer) + 1,
                       sizeof *product->chunks);
    if (producer->options->debug_dir != NULL && change_of(product->member) != NULL)
        product->debug_name = debug_name(producer->arena, product->member);
    producer->in_flight += size;
    wf_pool_submit(producer->pool, &task);
}

/* Bytes that exist only when they are written (RECORD, the list of grafts) are supplied. */
static bool
is_to_come(const struct wf_product *product)
{
    const enum wf_plan_source source = product->member->source;

    return source == WF_FROM_SBOM || source == WF_FROM_RECORD || source == WF_FROM_LATER;
}

/* The next one to start, when there is room for it or it is wanted; NULL otherwise. */
static struct wf_product *
next_to_start(struct wf_producer *producer, size_t wanted)
{
    while (producer->num_seen < producer->num_products) {
        struct wf_product *next = &producer->products[producer->num_seen];

        if (!is_to_come(next) && next->producer == NULL) {
            const bool may_start = producer->num_seen <= wanted ||
                                   producer->in_flight + size_of(next) <= WINDOW;

            return may_start ? next : NULL;
        }
        producer->num_seen++;
    }
    return NULL;
}

static void
fill_window(struct wf_producer *producer, size_t wanted)
{
    struct wf_product *next = NULL;

    while ((next = next_to_start(producer, wanted)) != NULL)
        start(producer, next);
}

void
wf_producer_start(struct wf_producer *producer)
{
    fill_window(producer, 0);
}

const struct wf_product *
wf_producer_get(struct wf_producer *producer, size_t idx)
{
    struct wf_product *product = &producer->products[idx];

    /* One that was passed over, and has been supplied. */
    if (idx < producer->num_seen && product->producer == NULL && !is_to_come(product))
        start(producer, product);
    fill_window(producer, idx);
    wf_pool_help_until(producer->pool, &product->ready);
    return product;
}

void
wf_producer_supply(struct wf_producer *producer, size_t idx, struct wf_bytes bytes)
{
    struct wf_product *product = &producer->products[idx];
    struct wf_plan_member *member = wf_arena_alloc(producer->arena, sizeof *member);

    *member = *product->member;
    member->source = WF_FROM_BYTES;
    member->bytes = bytes;
    product->member = member;
}

void
wf_producer_release(struct wf_producer *producer, size_t idx)
{
    struct wf_product *product = &producer->products[idx];

    producer->in_flight -= size_of(product);
    wf_buffer_clear(&product->bytes);
    wf_buffer_clear(&product->stream);
    wf_arena_clear(&product->arena);
}

void
wf_producer_end(struct wf_producer *producer)
{
    for (size_t i = 0; i < producer->num_products; i++) {
        struct wf_product *product = &producer->products[i];

        if (product->producer != NULL)
            wf_pool_help_until(producer->pool, &product->ready);
        wf_buffer_clear(&product->bytes);
        wf_buffer_clear(&product->stream);
        wf_buffer_clear(&product->debug_file);
        wf_arena_clear(&product->arena);
    }
}
