/* SPDX-License-Identifier: Apache-2.0
 *
 * The room jose as a program, for t/jose/jose.t. Each line on stdin is a
 * command, its words between tabs, and gets one line:
 *
 *   verify ALG JWKS JWS     done PAYLOAD, refused WHY or nokey WHY
 *   decrypt ALG JWKS JWE    the same; ALG may be several, with commas
 *   sign ALG JWK PAYLOAD    done JWS, or refused
 *   public JWK              done JWKS
 *   thumbprint JWK          done TEXT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "jose/jwe.h"
#include "jose/jws.h"

#define LINE_MAX_SIZE (256 * 1024)

static void say(const char *word, const char *text)
{
    printf("%s %s\n", word, text != NULL ? text : "");
}

static void say_opened(const ti_opened_t *opened)
{
    if (opened->opening == TI_OPENING_DONE) {
        say("done", (const char *)opened->content.data);
    } else {
        say(opened->opening == TI_OPENING_NO_KEY ? "nokey" : "refused",
            opened->why);
    }
}

static ti_algs_t algs_of(const char *names, apr_pool_t *p)
{
    ti_algs_t algs = 0;
    char *rest = apr_pstrdup(p, names);
    char *state = NULL;
    char *name;

    for (name = apr_strtok(rest, ",", &state); name != NULL;
         name = apr_strtok(NULL, ",", &state)) {
        algs |= (ti_algs_t)ti_alg_of_name(name);
    }
    return algs;
}

static void obey(char *words[4], apr_pool_t *p)
{
    const char *first = words[1] != NULL ? words[1] : "";
    const char *keys = words[2] != NULL ? words[2] : first;
    const char *text = words[3] != NULL ? words[3] : "";
    const char *why = NULL;
    ti_jwks_t *jwks = ti_jwks_load(&why, keys, strlen(keys), p);
    const ti_jwk_t *key;
    ti_opened_t opened;
    ti_bytes_t payload;

    if (jwks == NULL) {
        say("refused", why);
        return;
    }
    key = APR_ARRAY_IDX(jwks->keys, 0, const ti_jwk_t *);
    if (strcmp(words[0], "verify") == 0) {
        ti_jws_verify(&opened, text, strlen(text), jwks, algs_of(first, p), p);
        say_opened(&opened);
    } else if (strcmp(words[0], "decrypt") == 0) {
        ti_jwe_decrypt(&opened, text, strlen(text), jwks, algs_of(first, p), p);
        say_opened(&opened);
    } else if (strcmp(words[0], "sign") == 0) {
        payload.data = (unsigned char *)apr_pstrdup(p, text);
        payload.size = strlen(text);
        text = ti_jws_sign(key, ti_alg_of_name(first), "JWT", &payload, p);
        say(text != NULL ? "done" : "refused", text);
    } else if (strcmp(words[0], "public") == 0) {
        say("done", ti_jwks_public(jwks, p));
    } else {
        say("done", ti_jwk_thumbprint(key, p));
    }
}

int main(void)
{
    char *line = malloc(LINE_MAX_SIZE);
    apr_pool_t *p;

    apr_initialize();
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (line != NULL && fgets(line, LINE_MAX_SIZE, stdin) != NULL) {
        char *words[4] = {NULL};
        char *state = NULL;
        int i;

        line[strcspn(line, "\n")] = '\0';
        words[0] = apr_strtok(line, "\t", &state);
        for (i = 1; i < 4 && words[i - 1] != NULL; i++) {
            words[i] = apr_strtok(NULL, "\t", &state);
        }
        apr_pool_create(&p, NULL);
        if (words[0] != NULL) {
            obey(words, p);
        }
        apr_pool_destroy(p);
    }
    free(line);
    apr_terminate();
    return 0;
}
