/* compose.c -- one wheel's archive (see compose.h). */
#include "repair/compose.h"

#include <string.h>

#include "repair/sbom.h"
#include "repair/verify.h"
#include "wheel/record_write.h"

enum { LEAST_TO_DEFLATE = 1024, COPY_PIECE = 1 << 20, MOST_TEXT = 1 << 30 };

/* How one member of the plan comes into the archive. */
struct part {
    const struct wf_plan_member *planned;
    const struct wf_reading *reading; /* of the member it comes from, or NULL */
    const struct wf_made *made;       /* an earlier wheel of the run has it */
    bool is_copy;
    size_t product; /* index, unless it is a copy or a folder */
    uint8_t key[WF_SHA256_LEN];
};

struct work {
    struct wf_composition *composition;
    struct wf_arena arena;
    const struct wf_plan *plan;
    const struct wf_zip *zip; /* of the input */
    struct part *parts;       /* one for each member of the plan */
    size_t num_parts;
    size_t *part_of; /* by product */
    struct wf_producer producer;
    struct wf_output *output;
    struct wf_buffer text; /* RECORD or the list of grafts, while it is written */
};

static bool
is_folder(const struct wf_plan_member *planned)
{
    return wf_text_ends_with(planned->name, "/");
}

/* The wheel that a member of the plan is copied from: there are two where they are fused. */
static const struct wf_report *
source_of(const struct wf_plan *plan, const struct wf_plan_member *planned)
{
    return plan->other != NULL && planned->zip == &plan->other->wheel->zip ? plan->other
                                                                           : plan->report;
}

/* Unchanged members stay as they are stored, unless that is not at all, or a level was
 * asked for. */
static bool
stays_stored(const struct work *work, const struct wf_zip_member *member)
{
    const int level = work->composition->options->level;

    if (level >= 0)
        return member->size == 0;
    return member->method != WF_ZIP_STORED || member->size <= LEAST_TO_DEFLATE;
}

static void
look_for_made(struct work *work, struct part *part, struct wf_sha256 *sha)
{
    const struct wf_plan_member *planned = part->planned;
    const struct wf_repair_options *options = work->composition->options;
    const uint8_t *source =
        planned->graft != NULL ? planned->graft->sha256 : part->reading->sha256;
    const struct wf_plan_edit *change =
        planned->graft != NULL ? &planned->graft->change : planned->change;
    const char *name =
        options->debug_dir != NULL ? planned->name : wf_text_base_name(planned->name);

    wf_made_key(part->key, sha, source, name, change, options);
    part->made = wf_made_find(work->composition->made, part->key);
}

/* Whether the bytes of a new member follow from what wf_made_key knows, so that several
 * wheels can have it. */
static bool
may_share(const struct work *work, const struct wf_plan_member *planned)
{
    return planned->source == WF_FROM_GRAFT ||
           (planned->source == WF_FROM_EDIT &&
            !wf_product_may_splice(planned, work->composition->options));
}

static void
sort_parts(struct work *work)
{
    const struct wf_plan *plan = work->plan;
    struct wf_sha256 *sha = wf_sha256_new();
    size_t num = 0;

    work->num_parts = plan->num_members;
    work->parts = wf_arena_array(&work->arena, plan->num_members, sizeof *work->parts);
    work->part_of = wf_arena_array(&work->arena, plan->num_members, sizeof(size_t));
    work->producer.products =
        wf_arena_array(&work->arena, plan->num_members, sizeof(struct wf_product));
    for (size_t i = 0; i < plan->num_members; i++) {
        struct part *part = &work->parts[i];

        part->planned = &plan->members[i];
        if (is_folder(part->planned))
            continue;
        if (part->planned->member != NULL)
            part->reading =
                wf_report_reading(source_of(plan, part->planned), part->planned->member);
        part->is_copy = part->planned->source == WF_FROM_WHEEL &&
                        stays_stored(work, part->planned->member);
        if (may_share(work, part->planned))
            look_for_made(work, part, sha);
        part->is_copy |= part->made != NULL;
        if (part->is_copy)
            continue;
        work->part_of[num] = i;
        work->producer.products[num].member = part->planned;
        part->product = num++;
    }
    work->producer.num_products = num;
    wf_sha256_free(sha);
}

static const uint8_t *
digest_of(const struct work *work, const struct part *part)
{
    if (part->made != NULL)
        return part->made->sha256;
    if (part->is_copy)
        return part->reading->sha256;
    return work->producer.products[part->product].sha256;
}

static uint64_t
size_of(const struct work *work, const struct part *part)
{
    if (part->made != NULL)
        return part->made->member.size;
    if (part->is_copy)
        return part->reading->member->size;
    return work->producer.products[part->product].packed.size;
}

/* RECORD comes last, when everything else is known. */
static void
write_record(struct work *work, const char *own_name)
{
    for (size_t i = 0; i < work->num_parts; i++) {
        const struct part *part = &work->parts[i];

        if (!is_folder(part->planned) && part->planned->source != WF_FROM_RECORD)
            wf_record_write_row(&work->text, part->planned->name, digest_of(work, part),
                                size_of(work, part));
    }
    wf_record_write_own_row(&work->text, own_name);
}

static void
write_sbom(struct work *work)
{
    const struct wf_plan *plan = work->plan;
    struct wf_sbom_part *parts =
        wf_arena_array(&work->arena, work->num_parts, sizeof *parts);
    size_t num = 0;

    for (size_t i = 0; i < work->num_parts; i++) {
        const struct wf_plan_graft *graft = work->parts[i].planned->graft;

        if (graft == NULL)
            continue;
        parts[num] = (struct wf_sbom_part){
            .path = work->parts[i].planned->name,
            .source_name = wf_text_base_name(graft->from),
            .package = graft->package,
        };
        memcpy(parts[num++].sha256, digest_of(work, &work->parts[i]), WF_SHA256_LEN);
    }
    const struct wf_sbom sbom = {
        .wheel = plan->out_name,
        .name = plan->report->wheel->name.name,
        .version = plan->report->wheel->name.version,
        .tool_version = work->composition->options->tool_version,
        .parts = parts,
        .num_parts = num,
    };

    wf_sbom_write(&work->text, &sbom);
}

/* The two members whose bytes follow from those before them. */
static bool
supply_text(struct work *work, size_t idx, struct wf_error *err)
{
    const struct wf_plan_member *planned = work->producer.products[idx].member;

    wf_buffer_clear(&work->text);
    wf_buffer_init(&work->text, MOST_TEXT);
    if (planned->source == WF_FROM_RECORD)
        write_record(work, planned->name);
    else if (planned->source == WF_FROM_SBOM)
        write_sbom(work);
    else
        return true;
    wf_producer_supply(&work->producer, idx, wf_buffer_bytes(&work->text));
    return wf_buffer_ok(&work->text, planned->name, err);
}

static bool
get_product(void *context, size_t idx, struct wf_zip_packed *out, struct wf_error *err)
{
    struct work *work = context;

    if (!supply_text(work, idx, err))
        return false;
    const struct wf_product *product = wf_producer_get(&work->producer, idx);

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
    struct work *work = context;

    wf_producer_release(&work->producer, idx);
}

static bool
add_part(struct work *work, struct wf_zip_writer *writer, const struct part *part,
         struct wf_error *err)
{
    const struct wf_plan_member *planned = part->planned;

    if (is_folder(planned))
        return wf_zip_writer_folder(writer, planned->name, planned->mode, err);
    if (part->made != NULL)
        return wf_zip_writer_copy(writer, planned->name, planned->mode, &part->made->zip,
                                  &part->made->member, err);
    if (part->is_copy)
        return wf_zip_writer_copy(writer, planned->name, planned->mode,
                                  &source_of(work->plan, planned)->wheel->zip,
                                  planned->member, err);
    return wf_zip_writer_add(writer, planned->name, planned->mode, part->product, err);
}

static bool
write_archive(struct work *work, struct wf_error *err)
{
    const struct wf_zip_supply supply = { get_product, release_product, work };
    struct wf_zip_writer *writer =
        wf_zip_writer_new(work->output, work->composition->options->time, &supply);
    bool ok = true;

    for (size_t i = 0; ok && i < work->num_parts; i++)
        ok = add_part(work, writer, &work->parts[i], err);
    ok = ok && wf_zip_writer_finish(writer, err);
    wf_zip_writer_free(writer);
    return ok;
}

static void
describe(const struct work *work, const struct part *part, struct wf_written *out)
{
    out->name = part->planned->name;
    out->is_copy = part->is_copy;
    if (is_folder(part->planned))
        return;
    if (part->made != NULL) {
        out->copied_from = &part->made->zip;
        out->copied_of = &part->made->member;
        out->facts = &part->made->facts;
    } else if (part->is_copy) {
        out->copied_from = &source_of(work->plan, part->planned)->wheel->zip;
        out->copied_of = part->planned->member;
        out->facts = part->reading->is_native && !part->reading->unreadable
                         ? &part->reading->file
                         : NULL;
    }
    if (part->is_copy)
        return;
    const struct wf_zip_packed *packed = &work->producer.products[part->product].packed;

    out->size = packed->size;
    out->crc = packed->crc;
}

/* Lists the new objects of a verified wheel, for the wheels behind it. */
static void
remember(struct work *work, const struct wf_report *result, const struct wf_file *file)
{
    struct wf_made_table *table = work->composition->made;
    const struct wf_file *kept = NULL;

    for (size_t i = 0; i < work->num_parts; i++) {
        const struct part *part = &work->parts[i];

        if (part->is_copy || !may_share(work, part->planned))
            continue;
        if (kept == NULL)
            kept = wf_made_keep_file(table, file);
        if (kept == NULL)
            return;
        const struct wf_zip_member *member = &result->wheel->zip.members[i];
        const struct wf_reading *reading = wf_report_reading(result, member);
        struct wf_made made = { .zip = { .file = kept }, .member = *member };

        if (reading != NULL)
            made.facts = reading->file;
        made.member.name = wf_arena_strdup(&table->arena, member->name);
        memcpy(made.key, part->key, WF_SHA256_LEN);
        memcpy(made.sha256, digest_of(work, part), WF_SHA256_LEN);
        wf_made_add(table, &made);
    }
}

static bool
verify(struct work *work, struct wf_error *err)
{
    struct wf_written *written =
        wf_arena_array(&work->arena, work->num_parts, sizeof *written);
    struct wf_report *result = NULL;
    struct wf_file file;

    for (size_t i = 0; i < work->num_parts; i++)
        describe(work, &work->parts[i], &written[i]);
    if (!wf_output_reader(&file, work->output, err))
        return false;
    const struct wf_verify_request request = {
        .pool = work->composition->pool,
        .plan = work->plan,
        .options = work->composition->options,
        .file = &file,
        .members = written,
        .num_members = work->num_parts,
    };

    if (!wf_verify(&result, &request, err))
        return false;
    remember(work, result, &file);
    wf_report_free(result);
    return true;
}

static bool
write_debug_file(struct wf_composition *composition, struct wf_arena *arena,
                 const struct wf_product *product, struct wf_error *err)
{
    struct wf_composed_debug *out =
        &composition->debug_files[composition->num_debug_files];

    if (!wf_output_open(&out->output, composition->options->debug_dir, err))
        return wf_error_prefix(err, "%s", composition->options->debug_dir);
    composition->num_debug_files++;
    out->base_name = wf_arena_strdup(arena, product->debug_name);
    return (wf_output_write(out->output, product->debug_file.data,
                            product->debug_file.len, err) &&
            wf_output_sync(out->output, err)) ||
           wf_error_prefix(err, "%s/%s", composition->options->debug_dir,
                           product->debug_name);
}

static bool
write_debug_files(struct work *work, struct wf_arena *arena, struct wf_error *err)
{
    struct wf_composition *composition = work->composition;
    bool ok = true;

    composition->debug_files = wf_arena_array(arena, work->producer.num_products,
                                              sizeof *composition->debug_files);
    for (size_t i = 0; ok && i < work->producer.num_products; i++)
        if (work->producer.products[i].debug_file.len > 0)
            ok = write_debug_file(composition, arena, &work->producer.products[i], err);
    return ok;
}

static bool
compose_new(struct work *work, struct wf_arena *arena, struct wf_error *err)
{
    work->zip = &work->plan->report->wheel->zip;
    work->producer = (struct wf_producer){
        .pool = work->composition->pool,
        .arena = &work->arena,
        .options = work->composition->options,
        .zip = work->zip,
    };
    sort_parts(work);
    const bool ok = write_archive(work, err) && verify(work, err) &&
                    write_debug_files(work, arena, err);

    wf_producer_end(&work->producer);
    wf_buffer_clear(&work->text);
    return ok;
}

/* Nothing to do: byte for byte. */
static bool
compose_copy(struct work *work, struct wf_error *err)
{
    const struct wf_file *file = &work->plan->report->wheel->file;
    uint8_t *piece = wf_arena_alloc(&work->arena, COPY_PIECE);

    for (uint64_t off = 0; off < file->size; off += COPY_PIECE) {
        const uint64_t left = file->size - off;
        const size_t len = left < COPY_PIECE ? (size_t)left : COPY_PIECE;

        if (!wf_file_pread(file, piece, len, off, err))
            return wf_error_prefix(err, "%s", work->plan->report->path);
        if (!wf_output_write(work->output, piece, len, err))
            return false;
    }
    return true;
}

bool
wf_compose(struct wf_composition *composition, struct wf_arena *arena,
           struct wf_error *err)
{
    struct work work = { .composition = composition, .plan = composition->plan };

    if (!wf_output_open(&work.output, composition->folder, err))
        return false;
    const bool ok = composition->plan->kind == WF_PLAN_COPY
                        ? compose_copy(&work, err)
                        : compose_new(&work, arena, err);

    wf_arena_clear(&work.arena);
    if (ok) {
        composition->output = work.output;
        return true;
    }
    wf_output_discard(work.output);
    for (size_t i = 0; i < composition->num_debug_files; i++)
        wf_output_discard(composition->debug_files[i].output);
    composition->num_debug_files = 0;
    return false;
}
