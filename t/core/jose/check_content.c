/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-CBC with HMAC: the RFC's vectors, each bit of them changed, and shapes
 * that are wrong although the tag is right.
 */
#include "vector.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "jose/content.h"

#define IV 2
#define TEXT 3
#define TAG 4
#define BLOCK 16

static const struct {
    const char *name;
    ti_alg_t enc;
    const char *digest;
    int half; /* of the key, and of the MAC */
} contents[] = {
    {"rfc7518_B.1.content", TI_ALG_A128CBC_HS256, "SHA256", 16},
    {"rfc7518_B.3.content", TI_ALG_A256CBC_HS512, "SHA512", 32},
};
#define CONTENTS ((int)(sizeof(contents) / sizeof(contents[0])))

/* A of the RFC. */
static const char header[] = "The second principle of Auguste Kerckhoffs";

static ti_compact_t content_of(int which)
{
    const char *part = vector(contents[which].name);
    ti_compact_t jwe = {0};
    int i;

    jwe.enc = contents[which].enc;
    jwe.text = header;
    jwe.header_length = strlen(header);
    for (i = IV; i <= TAG; i++) {
        apr_size_t length = strcspn(part, ".");

        ck_assert(ti_base64url_read(&jwe.parts[i], part, length, pool));
        part += length + (part[length] == '.');
    }
    return jwe;
}

/* By K of the RFC: 00 01 02 ... */
static int opens(ti_bytes_t *plain, const ti_compact_t *jwe)
{
    unsigned char cek[64];
    int i;

    for (i = 0; i < (int)sizeof(cek); i++) {
        cek[i] = (unsigned char)i;
    }
    memset(plain, 0, sizeof(*plain));
    return ti_content_open(plain, jwe, cek, pool);
}

/* That nothing was decrypted shows in that there is no place for it. */
static void not_begun(const ti_compact_t *jwe, const char *what)
{
    ti_bytes_t plain;

    ck_assert_msg(!opens(&plain, jwe), "%s", what);
    ck_assert_msg(plain.data == NULL, "%s: decrypted", what);
}

static ti_bytes_t joined(const ti_bytes_t *one, const ti_bytes_t *other)
{
    ti_bytes_t both;

    both.size = one->size + other->size;
    both.data = apr_pcalloc(pool, both.size + 1);
    memcpy(both.data, one->data, one->size);
    memcpy(both.data + one->size, other->data, other->size);
    return both;
}

static ti_bytes_t bytes_from(const void *data, apr_size_t size)
{
    ti_bytes_t bytes;

    bytes.data = apr_pmemdup(pool, data, size + 1);
    bytes.size = size;
    return bytes;
}

/* The whole MAC of what it is now. */
static ti_bytes_t mac_of(const ti_compact_t *jwe, int which)
{
    apr_uint64_t bits = (apr_uint64_t)jwe->header_length * 8;
    ti_bytes_t input = bytes_from(jwe->text, jwe->header_length);
    ti_bytes_t length = {apr_pcalloc(pool, 8), 8};
    ti_bytes_t mac = {apr_pcalloc(pool, EVP_MAX_MD_SIZE), 0};
    unsigned char key[32];
    unsigned int size;
    int i;

    for (i = 0; i < 8; i++) {
        length.data[i] = (unsigned char)(bits >> (56 - 8 * i));
    }
    for (i = 0; i < contents[which].half; i++) {
        key[i] = (unsigned char)i;
    }
    input = joined(&input, &jwe->parts[IV]);
    input = joined(&input, &jwe->parts[TEXT]);
    input = joined(&input, &length);
    ck_assert_ptr_nonnull(HMAC(EVP_get_digestbyname(contents[which].digest),
                               key, contents[which].half, input.data,
                               input.size, mac.data, &size));
    mac.size = size;
    return mac;
}

static void seal(ti_compact_t *jwe, int which)
{
    jwe->parts[TAG] = mac_of(jwe, which);
    jwe->parts[TAG].size /= 2;
}

/* RFC 7518 B.1, B.3 */
START_TEST(what_the_rfc_encrypted_is_decrypted)
{
    const char *expected = vector("rfc7518_B.txt");
    ti_compact_t jwe = content_of(_i);
    ti_bytes_t plain;

    ck_assert(opens(&plain, &jwe));
    ck_assert_str_eq((const char *)plain.data, expected);
    ck_assert_uint_eq(plain.size, strlen(expected));
}
END_TEST

START_TEST(no_byte_can_be_changed)
{
    ti_compact_t jwe = content_of(_i);
    ti_bytes_t plain;
    apr_size_t at;
    int part;

    jwe.text = apr_pstrdup(pool, header);
    jwe.parts[0].data = (unsigned char *)(apr_uintptr_t)jwe.text;
    jwe.parts[0].size = jwe.header_length;
    for (part = 0; part <= TAG; part++) {
        for (at = 0; at < jwe.parts[part].size; at++) {
            jwe.parts[part].data[at] ^= (unsigned char)(1 << at % 8);
            not_begun(&jwe,
                      apr_psprintf(pool, "byte %d of part %d", (int)at, part));
            jwe.parts[part].data[at] ^= (unsigned char)(1 << at % 8);
        }
    }
    ck_assert(opens(&plain, &jwe)); /* each time it was one byte */
}
END_TEST

START_TEST(a_tag_has_its_size)
{
    ti_compact_t jwe = content_of(_i);
    apr_size_t size = jwe.parts[TAG].size;
    ti_bytes_t mac = mac_of(&jwe, _i);

    ck_assert_int_eq(memcmp(mac.data, jwe.parts[TAG].data, size), 0);
    jwe.parts[TAG] = mac;
    for (jwe.parts[TAG].size = 0; jwe.parts[TAG].size <= mac.size;
         jwe.parts[TAG].size++) {
        if (jwe.parts[TAG].size != size) {
            not_begun(&jwe, apr_psprintf(pool, "a tag of %d bytes",
                                         (int)jwe.parts[TAG].size));
        }
    }
}
END_TEST

START_TEST(a_text_without_its_last_block_is_refused)
{
    ti_compact_t jwe = content_of(_i);

    while (jwe.parts[TEXT].size > 0) {
        jwe.parts[TEXT].size -= BLOCK;
        not_begun(&jwe, "a block is missing");
    }
}
END_TEST

/* The same bytes in the same order: only the number of the header's bits is
 * another. */
START_TEST(where_the_header_ends_is_authenticated)
{
    ti_compact_t right = content_of(_i);
    ti_compact_t jwe = right;
    ti_bytes_t text = bytes_from(header, strlen(header));

    jwe.header_length = right.header_length - BLOCK;
    jwe.parts[IV] = bytes_from(header + jwe.header_length, BLOCK);
    jwe.parts[TEXT] = joined(&right.parts[IV], &right.parts[TEXT]);
    not_begun(&jwe, "a header that ends before");

    text = joined(&text, &right.parts[IV]);
    jwe.text = (const char *)text.data;
    jwe.header_length = text.size;
    jwe.parts[IV] = bytes_from(right.parts[TEXT].data, BLOCK);
    jwe.parts[TEXT] = bytes_from(right.parts[TEXT].data + BLOCK,
                                 right.parts[TEXT].size - BLOCK);
    not_begun(&jwe, "a header that ends after");
}
END_TEST

/* The IV and the text stand one after the other in what the tag is of, which is
 * right in each of these. */
START_TEST(an_iv_is_one_block)
{
    static const apr_size_t sizes[] = {0, 8, 15, 17, 32};
    ti_compact_t right = content_of(_i);
    ti_bytes_t both = joined(&right.parts[IV], &right.parts[TEXT]);
    apr_size_t i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ti_compact_t jwe = right;

        jwe.parts[IV] = bytes_from(both.data, sizes[i]);
        jwe.parts[TEXT] =
            bytes_from(both.data + sizes[i], both.size - sizes[i]);
        not_begun(&jwe, "an IV of another size");

        /* and with whole blocks after it */
        jwe.parts[TEXT] = right.parts[TEXT];
        seal(&jwe, _i);
        not_begun(&jwe, "an IV of another size, whose tag is right");
    }
}
END_TEST

START_TEST(a_text_is_blocks)
{
    static const apr_size_t sizes[] = {0, 1, 15, 17, 31, 143};
    ti_compact_t jwe = content_of(_i);
    apr_size_t i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        jwe.parts[TEXT].size = sizes[i];
        seal(&jwe, _i);
        not_begun(&jwe, apr_psprintf(pool, "%d bytes, whose tag is right",
                                     (int)sizes[i]));
    }
}
END_TEST

/* Its last block ends in "inconvenience", which is no padding. */
START_TEST(a_text_without_padding_is_refused_and_wiped)
{
    ti_compact_t jwe = content_of(_i);
    ti_bytes_t plain;
    apr_size_t i;

    jwe.parts[TEXT].size -= BLOCK;
    seal(&jwe, _i);
    ck_assert(!opens(&plain, &jwe));
    ck_assert_uint_eq(plain.size, jwe.parts[TEXT].size);
    for (i = 0; i < plain.size; i++) {
        ck_assert_int_eq(plain.data[i], 0);
    }
}
END_TEST

/* Its bits are a number of three bytes. */
START_TEST(a_long_header_is_authenticated_too)
{
    ti_compact_t jwe = content_of(_i);
    ti_bytes_t rest = joined(&jwe.parts[IV], &jwe.parts[TEXT]);
    ti_bytes_t plain;
    ti_bytes_t end;
    char *text = apr_palloc(pool, 70001);

    memset(text, 'h', 70001);
    jwe.text = text;
    jwe.header_length = 70000;
    seal(&jwe, _i);
    ck_assert(opens(&plain, &jwe));

    /* the lower two bytes stay, and so does all that comes before them */
    jwe.header_length -= 8192;
    jwe.parts[IV] = bytes_from(text, BLOCK);
    end = bytes_from(text, 8192 - BLOCK);
    jwe.parts[TEXT] = joined(&end, &rest);
    not_begun(&jwe, "a long header that ends before");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("content");
    TCase *tc = tcase_create("content");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_loop_test(tc, what_the_rfc_encrypted_is_decrypted, 0, CONTENTS);
    tcase_add_loop_test(tc, no_byte_can_be_changed, 0, CONTENTS);
    tcase_add_loop_test(tc, a_tag_has_its_size, 0, CONTENTS);
    tcase_add_loop_test(tc, a_text_without_its_last_block_is_refused, 0,
                        CONTENTS);
    tcase_add_loop_test(tc, where_the_header_ends_is_authenticated, 0,
                        CONTENTS);
    tcase_add_loop_test(tc, an_iv_is_one_block, 0, CONTENTS);
    tcase_add_loop_test(tc, a_text_is_blocks, 0, CONTENTS);
    tcase_add_loop_test(tc, a_text_without_padding_is_refused_and_wiped, 0,
                        CONTENTS);
    tcase_add_loop_test(tc, a_long_header_is_authenticated_too, 0, CONTENTS);
    suite_add_tcase(s, tc);
    return s;
}
