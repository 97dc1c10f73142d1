/* pe_parts.c -- what stands in .rdata of a made PE file: names, lookup tables, directories. */
#include "pe_parts.h"

#include <string.h>

void
wf_test_pe_put(struct wf_buffer *out, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        wf_buffer_add_char(out, (char)(value >> 8 * i & 0xff));
}

void
wf_test_pe_pad(struct wf_buffer *out, size_t start, uint64_t align, uint8_t fill)
{
    while ((out->len - start) % align != 0)
        wf_buffer_add_char(out, (char)fill);
}

static uint32_t
here(const struct pe_data *data)
{
    return data->base + (uint32_t)data->bytes.len;
}

static void
put32(struct pe_data *data, uint64_t value)
{
    wf_test_pe_put(&data->bytes, value, 4);
}

static void
align(struct pe_data *data, uint64_t to)
{
    wf_test_pe_pad(&data->bytes, 0, to, 0);
}

static uint32_t
put_text(struct pe_data *data, const char *text)
{
    const uint32_t rva = here(data);

    wf_buffer_add(&data->bytes, text, strlen(text) + 1);
    return rva;
}

/* Where one import's parts stand. */
struct need_place {
    uint32_t name;
    uint32_t *symbols; /* RVAs of hints and names */
    uint32_t lookup;
    uint32_t addresses;
    uint32_t handle;
};

static void
put_need_names(struct pe_data *data, struct wf_arena *arena, const struct pe_need *need,
               struct need_place *place)
{
    place->name = here(data);
    wf_buffer_add(&data->bytes, need->dll.data, need->dll.len);
    wf_buffer_add_char(&data->bytes, '\0');
    place->symbols = wf_arena_array(arena, need->num_symbols, sizeof *place->symbols);
    for (size_t i = 0; i < need->num_symbols; i++) {
        if (need->symbols[i].name == NULL)
            continue;
        align(data, 2);
        place->symbols[i] = here(data);
        wf_test_pe_put(&data->bytes, i, 2); /* hint */
        put_text(data, need->symbols[i].name);
    }
}

static uint32_t
put_thunks(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe,
           const struct pe_need *need, const struct need_place *place)
{
    const size_t word = recipe->is_plus ? 8 : 4;
    const uint64_t by_ordinal = UINT64_C(1) << (8 * word - 1);

    align(data, word);
    const uint32_t rva = here(data);

    for (size_t i = 0; i < need->num_symbols; i++) {
        const struct pe_symbol *symbol = &need->symbols[i];

        if (need->is_va && symbol->name != NULL) {
            data->addresses =
                wf_arena_grow(arena, data->addresses, data->num_addresses,
                              &data->cap_addresses, sizeof *data->addresses);
            data->addresses[data->num_addresses++] = here(data);
        }
        wf_test_pe_put(&data->bytes,
                       symbol->name == NULL
                           ? by_ordinal | symbol->ordinal
                           : place->symbols[i] + (need->is_va ? recipe->image_base : 0),
                       word);
    }
    wf_test_pe_put(&data->bytes, 0, word);
    return rva;
}

/* A bound IAT holds addresses of functions. */
static uint32_t
put_bound_thunks(struct pe_data *data, const struct pe_recipe *recipe,
                 const struct pe_need *need)
{
    const size_t word = recipe->is_plus ? 8 : 4;

    align(data, word);
    const uint32_t rva = here(data);

    for (size_t i = 0; i < need->num_symbols; i++)
        wf_test_pe_put(&data->bytes, 0x7ffe0000 + 16 * i, word);
    wf_test_pe_put(&data->bytes, 0, word);
    return rva;
}

static struct need_place *
put_needs(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe,
          const struct pe_need *needs, size_t num)
{
    struct need_place *places = wf_arena_array(arena, num, sizeof *places);

    for (size_t i = 0; i < num; i++)
        put_need_names(data, arena, &needs[i], &places[i]);
    for (size_t i = 0; i < num; i++) {
        const struct pe_need *need = &needs[i];

        if (!need->no_int)
            places[i].lookup = put_thunks(data, arena, recipe, need, &places[i]);
        places[i].addresses = need->bound != 0
                                  ? put_bound_thunks(data, recipe, need)
                                  : put_thunks(data, arena, recipe, need, &places[i]);
        align(data, 8);
        places[i].handle = here(data);
        wf_test_pe_put(&data->bytes, 0, 8);
    }
    return places;
}

static void
end_directory(struct pe_data *data, enum wf_pe_directory directory, uint32_t begin)
{
    data->directories[directory] =
        (struct wf_pe_range){ .address = begin, .size = here(data) - begin };
}

static void
put_imports(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe)
{
    if (recipe->num_imports == 0)
        return;
    const struct need_place *places =
        put_needs(data, arena, recipe, recipe->imports, recipe->num_imports);

    align(data, 4);
    while (recipe->is_unended &&
           (data->bytes.len + recipe->num_imports * PE_IMPORT_LEN) % PE_PAGE != 0)
        wf_buffer_add_char(&data->bytes, (char)0xaa);
    const uint32_t begin = here(data);

    for (size_t i = 0; i < recipe->num_imports; i++) {
        put32(data, places[i].lookup);
        put32(data, recipe->imports[i].bound);
        put32(data, recipe->imports[i].bound == 0 ? 0 : UINT32_MAX);
        put32(data, places[i].name);
        put32(data, places[i].addresses);
    }
    for (size_t i = 0; i < PE_IMPORT_LEN && !recipe->is_unended; i++)
        wf_buffer_add_char(&data->bytes, '\0');
    end_directory(data, WF_PE_DIR_IMPORT, begin);
}

static void
put_address(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe,
            const struct pe_need *need, uint32_t rva)
{
    if (need->is_va) {
        data->addresses = wf_arena_grow(arena, data->addresses, data->num_addresses,
                                        &data->cap_addresses, sizeof *data->addresses);
        data->addresses[data->num_addresses++] = here(data);
    }
    put32(data, rva + (need->is_va ? recipe->image_base : 0));
}

static void
put_delays(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe)
{
    if (recipe->num_delays == 0)
        return;
    const struct need_place *places =
        put_needs(data, arena, recipe, recipe->delays, recipe->num_delays);

    align(data, 4);
    const uint32_t begin = here(data);

    for (size_t i = 0; i < recipe->num_delays; i++) {
        const struct pe_need *need = &recipe->delays[i];

        put32(data, need->is_va ? 0 : PE_DELAY_IS_RVA);
        put_address(data, arena, recipe, need, places[i].name);
        put_address(data, arena, recipe, need, places[i].handle);
        put_address(data, arena, recipe, need, places[i].addresses);
        put_address(data, arena, recipe, need, places[i].lookup);
        put32(data, 0); /* bound IAT */
        put32(data, 0); /* unload IAT */
        put32(data, need->bound);
    }
    for (size_t i = 0; i < PE_DELAY_LEN; i++)
        wf_buffer_add_char(&data->bytes, '\0');
    end_directory(data, WF_PE_DIR_DELAY_IMPORT, begin);
}

/* The tables of functions, names and ordinals of the export directory. */
struct export_place {
    uint32_t *names;    /* RVAs; 0: none */
    uint32_t *forwards; /* the same */
    uint32_t num_functions, num_names;
};

static void
put_export_tables(struct pe_data *data, const struct pe_recipe *recipe,
                  const struct export_place *place)
{
    align(data, 4);
    for (size_t i = 0; i < recipe->num_exports; i++) {
        for (uint32_t k = 0; k < recipe->exports[i].gap; k++)
            put32(data, 0);
        put32(data, place->forwards[i] != 0 ? place->forwards[i]
                                            : recipe->section_align + (uint32_t)i);
    }
    for (size_t i = 0; i < recipe->num_exports; i++)
        if (place->names[i] != 0)
            put32(data, place->names[i]);
    for (size_t i = 0, at = 0; i < recipe->num_exports; i++, at++) {
        at += recipe->exports[i].gap;
        if (place->names[i] != 0)
            wf_test_pe_put(&data->bytes, at, 2);
    }
}

static void
put_exports(struct pe_data *data, struct wf_arena *arena, const struct pe_recipe *recipe)
{
    struct export_place place = {
        .names = wf_arena_array(arena, recipe->num_exports, sizeof *place.names),
        .forwards = wf_arena_array(arena, recipe->num_exports, sizeof *place.forwards),
    };

    if (recipe->name == NULL)
        return;
    align(data, 4);
    const uint32_t begin = here(data);
    const size_t header = data->bytes.len;

    for (size_t i = 0; i < PE_EXPORT_LEN; i++)
        wf_buffer_add_char(&data->bytes, '\0');
    const uint32_t name = put_text(data, recipe->name);

    for (size_t i = 0; i < recipe->num_exports; i++) {
        const struct pe_export *export = &recipe->exports[i];

        place.num_functions += 1 + export->gap;
        place.num_names += export->name != NULL;
        place.names[i] = export->name == NULL ? 0 : put_text(data, export->name);
        place.forwards[i] = export->forward == NULL ? 0 : put_text(data, export->forward);
    }
    align(data, 4);
    const uint32_t functions = here(data);
    const uint32_t fields[] = { name,
                                /* ordinal base */ 1,
                                place.num_functions,
                                place.num_names,
                                functions,
                                functions + 4 * place.num_functions,
                                functions + 4 * (place.num_functions + place.num_names) };

    put_export_tables(data, recipe, &place);
    end_directory(data, WF_PE_DIR_EXPORT, begin);
    for (size_t i = 0; i < WF_COUNT(fields); i++)
        wf_test_pe_set(&data->bytes, header + 12 + 4 * i, fields[i], 4);
}

static void
put_load_config(struct pe_data *data, const struct pe_recipe *recipe)
{
    const size_t full = recipe->is_plus ? 0x140 : 0xc0;

    if (!recipe->has_load_config)
        return;
    align(data, 8);
    const uint32_t metadata = here(data);

    for (size_t i = 0; i < 64; i++)
        wf_buffer_add_char(&data->bytes, recipe->is_hybrid ? 1 : 0);
    const uint32_t begin = here(data);
    const size_t off = data->bytes.len;

    for (size_t i = 0; i < full; i++)
        wf_buffer_add_char(&data->bytes, '\0');
    end_directory(data, WF_PE_DIR_LOAD_CONFIG, begin);
    wf_test_pe_set(&data->bytes, off, recipe->load_config_size, 4);
    wf_test_pe_set(&data->bytes,
                   off + (recipe->is_plus ? PE_LOAD_FLAGS_64 : (size_t)PE_LOAD_FLAGS_32),
                   recipe->load_flags, 2);
    wf_test_pe_set(
        &data->bytes,
        off + (recipe->is_plus ? PE_LOAD_GUARD_FLAGS_64 : (size_t)PE_LOAD_GUARD_FLAGS_32),
        recipe->guard_flags, 4);
    if (recipe->is_hybrid)
        wf_test_pe_set(&data->bytes,
                       off +
                           (recipe->is_plus ? PE_LOAD_CHPE_64 : (size_t)PE_LOAD_CHPE_32),
                       recipe->image_base + metadata, recipe->is_plus ? 8 : 4);
}

static void
put_debug(struct pe_data *data, const struct pe_recipe *recipe)
{
    if (recipe->pdb == NULL)
        return;
    align(data, 4);
    const uint32_t record = here(data);

    wf_buffer_add_str(&data->bytes, "RSDS");
    wf_buffer_add(&data->bytes, recipe->guid.data, recipe->guid.len);
    put32(data, recipe->age);
    put_text(data, recipe->pdb);
    const uint32_t len = here(data) - record;

    align(data, 4);
    const uint32_t begin = here(data);

    put32(data, 0);
    put32(data, 0x5f000000);
    put32(data, 0);
    put32(data, PE_DEBUG_CODEVIEW);
    put32(data, len);
    put32(data, record);
    data->debug_raw = record;
    data->debug_field = here(data);
    put32(data, 0);
    end_directory(data, WF_PE_DIR_DEBUG, begin);
}

static void
put_clr(struct pe_data *data, const struct pe_recipe *recipe)
{
    if (!recipe->has_clr)
        return;
    align(data, 4);
    const uint32_t begin = here(data);

    put32(data, PE_CLR_LEN);
    put32(data, 2U | 5U << 16); /* runtime 2.5 */
    put32(data, 0);
    put32(data, 0);
    put32(data, recipe->clr_flags);
    while (here(data) - begin < PE_CLR_LEN)
        wf_buffer_add_char(&data->bytes, '\0');
    end_directory(data, WF_PE_DIR_CLR, begin);
}

void
wf_test_pe_data(struct pe_data *out, struct wf_arena *arena,
                const struct pe_recipe *recipe)
{
    /* Imports come last when nothing is to end them. */
    if (!recipe->is_unended)
        put_imports(out, arena, recipe);
    put_delays(out, arena, recipe);
    put_exports(out, arena, recipe);
    put_load_config(out, recipe);
    put_debug(out, recipe);
    put_clr(out, recipe);
    if (recipe->is_unended)
        put_imports(out, arena, recipe);
    while (recipe->has_slack &&
           (out->bytes.len + recipe->slack) % recipe->file_align != 0)
        wf_buffer_add_char(&out->bytes, (char)0xaa);
}
