/* SPDX-License-Identifier: Apache-2.0 */
#include "token/subprotocol.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#define HEADER "Sec-WebSocket-Protocol"
#define WORD "bearer"
#define LENGTH (sizeof(WORD) - 1)

/* Between the elements of a list; no token has any of them. */
#define BETWEEN ", \t"

static int has_word(const char *list);

const char *mai_subprotocol_token(const request_rec *r)
{
    const char *list = apr_table_get(r->headers_in, HEADER);
    const char *token;

    if (list == NULL || apr_cstr_casecmpn(list, WORD, LENGTH) != 0) {
        return NULL;
    }
    list += LENGTH + strspn(list + LENGTH, " \t");
    if (*list != ',') {
        return NULL;
    }
    list++;
    token = list + strspn(list, " \t");
    if (*token == '\0') {
        return NULL;
    }
    return has_word(token)
               ? apr_pstrdup(r->pool, token)
               : apr_pstrmemdup(r->pool, token, strcspn(token, BETWEEN));
}

void mai_subprotocol_remove(request_rec *r)
{
    if (mai_subprotocol_token(r) != NULL) {
        apr_table_setn(r->headers_in, HEADER, WORD);
    }
}

static int has_word(const char *list)
{
    while (*list != '\0') {
        apr_size_t next = strcspn(list, BETWEEN);

        if (next == LENGTH && apr_cstr_casecmpn(list, WORD, LENGTH) == 0) {
            return 1;
        }
        list += next + strspn(list + next, BETWEEN);
    }
    return 0;
}
