/* pe_edit_write.c -- the new file, front to back, and then what changes in it. */
#include "object/pe_edit_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/checked.h"

/* `.wfix`: initialised data that is read. */
static const char section_name[8] = ".wfix";

static void
fill_to(struct wf_buffer *out, uint64_t end)
{
    static const uint8_t zeros[4096];

    while (out->len < end) {
        const uint64_t rest = end - out->len;

        wf_buffer_add(out, zeros, rest < sizeof zeros ? (size_t)rest : sizeof zeros);
    }
}

static void
write_section_header(const struct wf_pe_editor *e, struct wf_buffer *out)
{
    uint8_t *header = out->data + e->move.insert;

    memset(header, 0, PE_SECTION_HEADER_LEN);
    memcpy(header, section_name, sizeof section_name);
    wf_pe_put_u32(header + PE_SEC_VIRTUAL_SIZE, e->move.len);
    wf_pe_put_u32(header + PE_SEC_ADDRESS, e->move.rva);
    wf_pe_put_u32(header + PE_SEC_RAW_SIZE, e->move.raw_size);
    wf_pe_put_u32(header + PE_SEC_RAW_OFF, (uint32_t)e->move.raw_off);
    wf_pe_put_u32(header + PE_SEC_FLAGS, PE_SEC_INITIALIZED | PE_SEC_READ);
}

/* The old bytes at their new places. */
static void
write_with_section(const struct wf_pe_editor *e, struct wf_buffer *out)
{
    const struct wf_bytes old = e->file.bytes;
    const struct wf_pe_move *move = &e->move;

    wf_buffer_add(out, old.data, (size_t)move->insert);
    fill_to(out, move->insert + move->shift);
    wf_buffer_add(out, old.data + move->insert, (size_t)(move->keep_end - move->insert));
    fill_to(out, move->raw_off + move->raw_size);
    if (e->tail.only_symbols)
        wf_buffer_add(out, old.data + e->tail.symbols, (size_t)e->tail.symbols_len);
}

static void
write_in_place(const struct wf_pe_editor *e, struct wf_buffer *out)
{
    const struct wf_pe_tail *tail = &e->tail;

    wf_buffer_add(out, e->file.bytes.data, (size_t)tail->end);
    /* A certificate with other data behind it, which keeps its place. */
    if (tail->certificate != 0 && tail->certificate < tail->end)
        memset(out->data + tail->certificate, 0,
               (size_t)(tail->certificate_end - tail->certificate));
}

/* Only a file whose parts overlap has fields in what moves or goes. */
static bool
apply_change(struct wf_pe_editor *e, struct wf_buffer *out,
             const struct wf_pe_change *change)
{
    const struct wf_pe_move *move = &e->move;
    const uint64_t kept = move->is_there ? move->keep_end : e->tail.end;
    const bool is_shifted = move->is_there && change->off >= move->insert;
    const bool is_split = move->is_there && move->shift > 0 &&
                          (is_shifted ? change->off < move->headers_end
                                      : change->off + change->len > move->insert);

    if (!wf_fits(change->off, change->len, kept) ||
        (is_split && change->off != e->bound.file_off))
        return wf_error_at(e->err, WF_ERR_MALFORMED, change->off,
                           "parts of the file overlap: a field to change stands where "
                           "other parts end");
    uint8_t *at = out->data + change->off + (is_shifted ? move->shift : 0);

    if (change->item == NULL)
        memcpy(at, change->data, change->len);
    else
        wf_pe_put_u32(at, change->item->rva + change->plus);
    return true;
}

static void
write_item(struct wf_pe_item *item, struct wf_buffer *out)
{
    if (item->self_at > 0)
        wf_pe_put_u32(item->data + item->self_at, item->rva + item->self_plus);
    memcpy(out->data + item->off, item->data, item->len);
}

static bool
reserve(struct wf_pe_editor *e, struct wf_buffer *out)
{
    uint64_t len = e->tail.end;
    size_t size = 0;

    if (e->move.is_there)
        len = e->move.raw_off + e->move.raw_size +
              (e->tail.only_symbols ? e->tail.symbols_len : 0);
    if (!wf_u64_to_size(&size, len) || !wf_buffer_reserve(out, size))
        return wf_error_set(e->err, WF_ERR_LIMIT,
                            "the edited file has %" PRIu64
                            " bytes; at most %zu are allowed",
                            len, out->max);
    return true;
}

bool
wf_pe_write(struct wf_pe_editor *e, struct wf_buffer *out)
{
    const uint64_t field = e->file.checksum_off;

    if (!reserve(e, out))
        return false;
    if (e->move.is_there)
        write_with_section(e, out);
    else
        write_in_place(e, out);
    assert(!out->over);
    for (size_t i = 0; i < e->num_changes; i++)
        if (!apply_change(e, out, &e->changes[i]))
            return false;
    for (size_t i = 0; i < e->num_items; i++)
        write_item(e->items[i], out);
    if (e->move.is_there)
        write_section_header(e, out);
    if (wf_pe_get_u32(e->file.bytes, (size_t)field) != 0)
        wf_pe_put_u32(out->data + field, wf_pe_checksum(wf_buffer_bytes(out), field));
    return true;
}
