/* draft.c -- members, WHEEL and RECORD as an archive (see assemble.h).  What a member is
 * made of goes through the same workers as in a repair. */
#include <stdlib.h>
#include <string.h>

#include "pack/assemble.h"
#include "repair/produce.h"
#include "wheel/record_write.h"

enum {
    MOST_RECORD = 1 << 30,
    FILE_MODE = 0100644,
    PROGRAM_MODE = 0100755,
    LEAST_KNOWN = 1 << 18, /* shorter members are digested in no time */
};

struct draft {
    struct wf_arena arena;
    const struct wf_assembly *assembly;
    const char *record_name;
    struct wf_plan_member *members; /* those of the content, then RECORD */
    size_t num;
    struct wf_producer producer;
    struct wf_buffer record;
};

static bool
describe_file(struct wf_plan_member *out, struct wf_arena *arena, const char *source,
              struct wf_error *err)
{
    struct wf_file file = { 0 };
    struct wf_plan_file *from = wf_arena_alloc(arena, sizeof *from);

    if (!wf_file_open(&file, source, err))
        return wf_error_prefix(err, "%s", source);
    *from = (struct wf_plan_file){ .from = source, .size = file.size, .is_unread = true };
    wf_file_close(&file);
    out->source = WF_FROM_FILE;
    out->file = from;
    return true;
}

static bool
describe_members(struct draft *draft, struct wf_error *err)
{
    const struct wf_content *content = draft->assembly->content;

    draft->num = content->num + 1;
    draft->members = wf_arena_array(&draft->arena, draft->num, sizeof *draft->members);
    for (size_t i = 0; i < content->num; i++) {
        const struct wf_content_member *from = &content->members[i];
        struct wf_plan_member *to = &draft->members[i];

        to->name = from->name;
        to->mode = from->is_executable ? PROGRAM_MODE : FILE_MODE;
        to->source = from->late != NULL ? WF_FROM_LATER : WF_FROM_BYTES;
        to->bytes = from->bytes;
        if (from->source != NULL && !describe_file(to, &draft->arena, from->source, err))
            return false;
    }
    draft->members[content->num] = (struct wf_plan_member){ .name = draft->record_name,
                                                            .mode = FILE_MODE,
                                                            .source = WF_FROM_RECORD };
    draft->producer.products =
        wf_arena_array(&draft->arena, draft->num, sizeof *draft->producer.products);
    draft->producer.num_products = draft->num;
    for (size_t i = 0; i < draft->num; i++)
        draft->producer.products[i].member = &draft->members[i];
    return true;
}

static bool
supply_record(struct draft *draft, struct wf_error *err)
{
    const size_t last = draft->num - 1;

    wf_buffer_init(&draft->record, MOST_RECORD);
    for (size_t i = 0; i < last; i++) {
        const struct wf_product *product = &draft->producer.products[i];

        wf_record_write_row(&draft->record, draft->members[i].name, product->sha256,
                            product->packed.size);
    }
    wf_record_write_own_row(&draft->record, draft->record_name);
    wf_producer_supply(&draft->producer, last, wf_buffer_bytes(&draft->record));
    return wf_buffer_ok(&draft->record, draft->record_name, err);
}

/* Everything else is made while what is late is waited for. */
static bool
supply_late(struct draft *draft, size_t idx, struct wf_error *err)
{
    const struct wf_late *late = draft->assembly->content->members[idx].late;
    struct wf_bytes bytes = { 0 };

    wf_producer_start(&draft->producer);
    if (!late->wait(late->context, &bytes, err))
        return false;
    wf_producer_supply(&draft->producer, idx, bytes);
    return true;
}

static bool
is_late(const struct draft *draft, size_t idx)
{
    return draft->producer.products[idx].member->source == WF_FROM_LATER;
}

static bool
get_product(void *context, size_t idx, struct wf_zip_packed *out, struct wf_error *err)
{
    struct draft *draft = context;

    if (is_late(draft, idx) && !supply_late(draft, idx, err))
        return false;
    if (idx + 1 == draft->num && !supply_record(draft, err))
        return false;
    const struct wf_product *product = wf_producer_get(&draft->producer, idx);

    if (product->err.kind != WF_ERR_NONE) {
        *err = product->err;
        return false;
    }
    *out = product->packed;
    return true;
}

static void
release_product(void *context, size_t idx)
{
    struct draft *draft = context;

    wf_producer_release(&draft->producer, idx);
}

static bool
write_members(struct draft *draft, struct wf_output *output, int64_t time,
              struct wf_error *err)
{
    const struct wf_zip_supply supply = { get_product, release_product, draft };
    struct wf_zip_writer *writer = wf_zip_writer_new(output, time, &supply);
    bool ok = true;

    for (size_t i = 0; ok && i < draft->num; i++)
        ok = wf_zip_writer_add(writer, draft->members[i].name, draft->members[i].mode, i,
                               err);
    ok = ok && wf_zip_writer_finish(writer, err);
    wf_zip_writer_free(writer);
    return ok;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(((const struct wf_known_digest *)a)->name,
                  ((const struct wf_known_digest *)b)->name);
}

static void
list_digests(struct wf_known_digests *out, struct wf_arena *arena,
             const struct draft *draft)
{
    out->num = 0;
    out->items = wf_arena_array(arena, draft->num, sizeof *out->items);
    for (size_t i = 0; i < draft->num; i++) {
        const struct wf_product *product = &draft->producer.products[i];

        if (product->packed.size < LEAST_KNOWN)
            continue;
        struct wf_known_digest *known = &out->items[out->num++];

        known->name = wf_arena_strdup(arena, draft->members[i].name);
        known->size = product->packed.size;
        known->crc = product->packed.crc;
        memcpy(known->sha256, product->sha256, sizeof known->sha256);
    }
    if (out->num > 1)
        qsort(out->items, out->num, sizeof *out->items, compare_names);
}

bool
wf_draft_write(struct wf_output *output, struct wf_known_digests *known,
               struct wf_pool *pool, const struct wf_assembly *assembly,
               const struct wf_repair_options *options, struct wf_error *err)
{
    struct draft draft = { .assembly = assembly };

    draft.record_name = wf_arena_printf(&draft.arena, "%s/RECORD", assembly->dist_info);
    draft.producer = (struct wf_producer){
        .pool = pool, .arena = &draft.arena, .options = options, .small_chunks = true
    };
    const bool ok = describe_members(&draft, err) &&
                    write_members(&draft, output, options->time, err);

    if (ok && known != NULL)
        list_digests(known, assembly->content->arena, &draft);
    wf_producer_end(&draft.producer);
    wf_buffer_clear(&draft.record);
    wf_arena_clear(&draft.arena);
    return ok;
}
