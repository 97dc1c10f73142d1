/* c_condition.c -- operator precedence over 64-bit numbers (see c_condition.h).  What is
 * not taken by "&&", "||" and "?:" is parsed and not computed, so that a division by zero
 * there is none. */
#include "pack/c_condition.h"

#include <ctype.h>
#include <string.h>

enum { MAX_DEPTH = 64, SHOWN = 40 };

struct reading {
    struct wf_bytes rest;
    wf_c_value *value;
    const void *context;
    struct wf_error *err;
    unsigned depth;
    unsigned not_computed; /* operands around us that count for nothing */
    bool failed;
};

static int64_t
fail(struct reading *r, const char *expected)
{
    if (!r->failed)
        wf_error_set(r->err, WF_ERR_MALFORMED,
                     "%s is expected in the condition where \"%.*s\" stands", expected,
                     (int)(r->rest.len < SHOWN ? r->rest.len : SHOWN),
                     r->rest.len == 0 ? "" : (const char *)r->rest.data);
    r->failed = true;
    return 0;
}

static void
skip_blanks(struct reading *r)
{
    while (r->rest.len > 0 && isspace(r->rest.data[0]))
        r->rest = wf_bytes_skip(r->rest, 1);
}

static bool
take(struct reading *r, const char *sign)
{
    skip_blanks(r);
    if (!wf_bytes_starts_with(r->rest, sign))
        return false;
    r->rest = wf_bytes_skip(r->rest, strlen(sign));
    return true;
}

static bool
is_name_byte(uint8_t c)
{
    return isalnum(c) || c == '_' || c == '$';
}

static struct wf_bytes
take_word(struct reading *r)
{
    size_t len = 0;

    skip_blanks(r);
    while (len < r->rest.len && is_name_byte(r->rest.data[len]))
        len++;
    const struct wf_bytes word = wf_bytes_first(r->rest, len);

    r->rest = wf_bytes_skip(r->rest, len);
    return word;
}

static int
digit_of(uint8_t c)
{
    if (isdigit(c))
        return c - '0';
    return isxdigit(c) ? tolower(c) - 'a' + 10 : 99;
}

/* Wraps as unsigned numbers do; the suffixes u and l say nothing here. */
static int64_t
number_of(struct reading *r, struct wf_bytes word)
{
    const struct wf_bytes whole = word;
    uint64_t number = 0;
    unsigned base = 10;

    while (word.len > 1 && strchr("uUlL", word.data[word.len - 1]) != NULL)
        word.len--;
    if (wf_bytes_starts_with(word, "0x") || wf_bytes_starts_with(word, "0X")) {
        base = 16;
        word = wf_bytes_skip(word, 2);
    } else if (word.len > 1 && word.data[0] == '0') {
        base = 8;
    }
    for (size_t i = 0; i < word.len; i++) {
        const int digit = digit_of(word.data[i]);

        if (digit >= (int)base) {
            r->rest = whole;
            return fail(r, "a whole number");
        }
        number = number * base + (unsigned)digit;
    }
    return word.len == 0 ? fail(r, "a whole number") : (int64_t)number;
}

static int64_t
take_defined(struct reading *r)
{
    const bool has_bracket = take(r, "(");
    const struct wf_bytes name = take_word(r);
    int64_t value = 0;

    if (name.len == 0)
        return fail(r, "the name of a macro behind \"defined\"");
    if (has_bracket && !take(r, ")"))
        return fail(r, "\")\"");
    return r->value(r->context, name, &value);
}

static int64_t take_choice(struct reading *r);

static int64_t
take_primary(struct reading *r)
{
    if (take(r, "(")) {
        const int64_t inner = take_choice(r);

        return take(r, ")") ? inner : fail(r, "\")\"");
    }
    const struct wf_bytes word = take_word(r);
    int64_t value = 0;

    if (word.len == 0)
        return fail(r, "a number or a name");
    if (isdigit(word.data[0]))
        return number_of(r, word);
    if (wf_bytes_equal_str(word, "defined"))
        return take_defined(r);
    return r->value(r->context, word, &value) ? value : 0;
}

static int64_t
take_unary(struct reading *r)
{
    bool negate = false;
    bool invert = false;
    int64_t value = 0;

    if (r->failed)
        return 0;
    if (++r->depth > MAX_DEPTH)
        return fail(r, "fewer than 64 levels of brackets and signs");
    skip_blanks(r);
    if (r->rest.len > 0 && strchr("!~-+", r->rest.data[0]) != NULL &&
        r->rest.data[0] != '\0') {
        const uint8_t sign = r->rest.data[0];

        r->rest = wf_bytes_skip(r->rest, 1);
        value = take_unary(r);
        negate = sign == '-';
        invert = sign == '~';
        if (sign == '!')
            value = value == 0;
    } else {
        value = take_primary(r);
    }
    r->depth--;
    if (negate)
        return (int64_t)(0 - (uint64_t)value);
    return invert ? ~value : value;
}

/* From the weakest to the strongest; longer signs stand before those they start with. */
static const struct operator_row {
    const char *sign;
    int strength;
} operators[] = {
    { "||", 1 }, { "&&", 2 }, { "|", 3 },  { "^", 4 },  { "&", 5 },  { "==", 6 },
    { "!=", 6 }, { "<<", 8 }, { ">>", 8 }, { "<=", 7 }, { ">=", 7 }, { "<", 7 },
    { ">", 7 },  { "+", 9 },  { "-", 9 },  { "*", 10 }, { "/", 10 }, { "%", 10 },
};

static const struct operator_row *
next_operator(struct reading *r)
{
    skip_blanks(r);
    for (size_t i = 0; i < WF_COUNT(operators); i++) {
        if (wf_bytes_starts_with(r->rest, operators[i].sign))
            return &operators[i];
    }
    return NULL;
}

static int64_t
divide(struct reading *r, int64_t a, int64_t b, bool wants_rest)
{
    if (b == 0 && r->not_computed > 0)
        return 0;
    if (b == 0)
        return fail(r, "a divisor other than zero");
    if (b == -1) /* the least number has no opposite */
        return wants_rest ? 0 : (int64_t)(0 - (uint64_t)a);
    return wants_rest ? a % b : a / b;
}

static int64_t
shift(int64_t a, int64_t by, bool left)
{
    if (by < 0 || by > 63)
        return 0;
    if (left)
        return (int64_t)((uint64_t)a << by);
    return a < 0 ? (int64_t) ~(~(uint64_t)a >> by) : a >> by;
}

static int64_t
compute(struct reading *r, const char *sign, int64_t a, int64_t b)
{
    switch (sign[0]) {
    case '|':
        return sign[1] == '|' ? a != 0 || b != 0 : a | b;
    case '&':
        return sign[1] == '&' ? a != 0 && b != 0 : a & b;
    case '^':
        return a ^ b;
    case '=':
        return a == b;
    case '!':
        return a != b;
    case '<':
        return sign[1] == '<' ? shift(a, b, true) : sign[1] == '=' ? a <= b : a < b;
    case '>':
        return sign[1] == '>' ? shift(a, b, false) : sign[1] == '=' ? a >= b : a > b;
    case '+':
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case '-':
        return (int64_t)((uint64_t)a - (uint64_t)b);
    case '*':
        return (int64_t)((uint64_t)a * (uint64_t)b);
    default:
        return divide(r, a, b, sign[0] == '%');
    }
}

static int64_t
take_binary(struct reading *r, int weakest)
{
    int64_t value = take_unary(r);

    while (!r->failed) {
        const struct operator_row *row = next_operator(r);

        if (row == NULL || row->strength < weakest)
            break;
        r->rest = wf_bytes_skip(r->rest, strlen(row->sign));
        const bool is_decided =
            (row->strength == 1 && value != 0) || (row->strength == 2 && value == 0);

        r->not_computed += is_decided;
        const int64_t right = take_binary(r, row->strength + 1);

        r->not_computed -= is_decided;
        if (!r->failed)
            value = is_decided ? row->strength == 1 : compute(r, row->sign, value, right);
    }
    return value;
}

static int64_t
take_choice(struct reading *r)
{
    if (++r->depth > MAX_DEPTH)
        return fail(r, "fewer than 64 levels of brackets and signs");
    const int64_t condition = take_binary(r, 1);
    int64_t value = condition;

    if (take(r, "?")) {
        r->not_computed += condition == 0;
        const int64_t yes = take_choice(r);

        r->not_computed -= condition == 0;
        if (!take(r, ":"))
            return fail(r, "\":\"");
        r->not_computed += condition != 0;
        const int64_t no = take_choice(r);

        r->not_computed -= condition != 0;
        value = condition != 0 ? yes : no;
    }
    r->depth--;
    return value;
}

bool
wf_c_condition(bool *out, struct wf_bytes text, wf_c_value *value, const void *context,
               struct wf_error *err)
{
    struct reading r = { .rest = text, .value = value, .context = context, .err = err };
    const int64_t result = take_choice(&r);

    skip_blanks(&r);
    if (!r.failed && r.rest.len > 0)
        fail(&r, "the end");
    if (r.failed)
        return false;
    *out = result != 0;
    return true;
}
