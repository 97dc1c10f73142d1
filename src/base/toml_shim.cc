/* toml_shim.cc -- the one file with toml++, and the one in C++ (see toml_shim.h). */
#include "base/toml_shim.h"

/* Without its assertions toml++ takes them for granted, which is worse than stopping. */
#undef NDEBUG

#include <algorithm>
#include <cstring>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/* pkg-config speaks of the shared library, which we do without. */
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY       1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace
{

struct teller {
    wf_toml_shim_take *take;
    void *context;
};

using member = std::pair<const toml::key *, const toml::node *>;

bool
stands_before(const toml::source_position &a, const toml::source_position &b)
{
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* toml++ keeps a table sorted by key; its keys know where they were first written. */
std::vector<member>
members_in_order(const toml::table &table)
{
    std::vector<member> members;

    members.reserve(table.size());
    for (const auto &[key, value] : table)
        members.emplace_back(&key, &value);
    std::stable_sort(
        members.begin(), members.end(), [](const member &a, const member &b) {
            return stands_before(a.first->source().begin, b.first->source().begin);
        });
    return members;
}

template <typename T>
std::string
time_text(const T &value)
{
    std::ostringstream out;

    out.imbue(std::locale::classic());
    out << value;
    return out.str();
}

void
scalar_event(wf_toml_shim_event &event, std::string &text, const toml::node &node)
{
    if (const auto *string = node.as_string()) {
        event.kind = WF_SHIM_STRING;
        text = string->get();
    } else if (const auto *integer = node.as_integer()) {
        event.kind = WF_SHIM_INTEGER;
        event.integer = integer->get();
    } else if (const auto *number = node.as_floating_point()) {
        event.kind = WF_SHIM_FLOAT;
        event.number = number->get();
    } else if (const auto *boolean = node.as_boolean()) {
        event.kind = WF_SHIM_BOOL;
        event.boolean = boolean->get();
    } else {
        event.kind = WF_SHIM_TIME;
        if (const auto *date = node.as_date())
            text = time_text(date->get());
        else if (const auto *time = node.as_time())
            text = time_text(time->get());
        else if (const auto *both = node.as_date_time())
            text = time_text(both->get());
    }
}

void
tell(const teller &to, const toml::key *key, const toml::node &node)
{
    wf_toml_shim_event event = {};
    std::string text;
    const toml::table *table = node.as_table();
    const toml::array *array = node.as_array();

    event.line = node.source().begin.line;
    event.column = node.source().begin.column;
    if (key != nullptr) {
        event.key = key->str().data();
        event.key_len = key->str().size();
        event.key_line = key->source().begin.line;
    }
    if (table != nullptr) {
        event.kind = WF_SHIM_TABLE;
        event.is_inline = table->is_inline();
    } else if (array != nullptr) {
        event.kind = WF_SHIM_ARRAY;
    } else {
        scalar_event(event, text, node);
    }
    event.string = text.data();
    event.string_len = text.size();
    to.take(to.context, &event);
    if (table != nullptr)
        for (const member &each : members_in_order(*table))
            tell(to, each.first, *each.second);
    if (array != nullptr)
        for (const toml::node &element : *array)
            tell(to, nullptr, element);
    if (table != nullptr || array != nullptr) {
        event = {};
        event.kind = WF_SHIM_END;
        to.take(to.context, &event);
    }
}

void
set_fault(wf_toml_shim_fault *fault, const toml::source_position &place,
          std::string_view text)
{
    const size_t len = std::min(text.size(), sizeof fault->text - 1);

    fault->line = place.line;
    fault->column = place.column;
    std::memcpy(fault->text, text.data(), len);
    fault->text[len] = '\0';
}

} /* namespace */

extern "C" wf_toml_shim_answer
wf_toml_shim_read(const char *text, size_t len, wf_toml_shim_take *take, void *context,
                  wf_toml_shim_fault *fault)
{
    try {
        const toml::table root = toml::parse(std::string_view(text, len));

        tell(teller{ take, context }, nullptr, root);
        return WF_SHIM_READ;
    } catch (const toml::parse_error &error) {
        set_fault(fault, error.source().begin, error.description());
    } catch (const std::bad_alloc &) {
        return WF_SHIM_NO_MEMORY;
    } catch (const std::exception &error) {
        set_fault(fault, toml::source_position{ 1, 1 }, error.what());
    } catch (...) {
        set_fault(fault, toml::source_position{ 1, 1 }, "an unknown fault");
    }
    return WF_SHIM_FAULT;
}
