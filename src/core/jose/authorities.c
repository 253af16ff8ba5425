/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/authorities.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <apr_file_info.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "base/file.h"

static int add_file(BIO *all, const char *path, const char **why,
                    apr_pool_t *p);
static int add_directory(BIO *all, const char *path, const char **why,
                         apr_pool_t *p);
static int is_hashed(const char *name);
static int copy_all(BIO *all, char *text, apr_size_t size);

const char *ti_authorities_read(const char **why, const char *path,
                                apr_pool_t *p)
{
    BIO *all = BIO_new(BIO_s_mem());
    const char *text = NULL;
    char *bytes = NULL;
    apr_finfo_t info;
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_TYPE, p);
    int count = 0;

    *why = NULL;
    if (rv != APR_SUCCESS || all == NULL) {
        *why = apr_psprintf(p, "%pm", &rv);
        BIO_free(all);
        return NULL;
    }
    ERR_set_mark();
    count = info.filetype == APR_DIR ? add_directory(all, path, why, p)
                                     : add_file(all, path, why, p);
    ERR_pop_to_mark();
    if (count > 0) {
        long size = BIO_get_mem_data(all, &bytes);

        text = apr_pstrmemdup(p, bytes, (apr_size_t)size);
    }
    BIO_free(all);
    return text;
}

/* How many certificates; 0: *why says why there are none. */
static int add_file(BIO *all, const char *path, const char **why, apr_pool_t *p)
{
    apr_size_t size;
    char *text;
    apr_status_t rv = ti_file_read(&text, &size, path, TI_AUTHORITIES_MAX, p);
    int count;

    if (rv == APR_ENOSPC) {
        *why = "it is larger than a megabyte";
        return 0;
    }
    if (rv != APR_SUCCESS && rv != APR_EOF) {
        *why = apr_psprintf(p, "%pm", &rv);
        return 0;
    }
    count = rv == APR_SUCCESS ? copy_all(all, text, size) : 0;
    if (count == 0) {
        *why = "it holds no certificate in PEM";
    }
    return count;
}

/* OpenSSL looks for certificates by a digest of their subject: 9d66eef0.0 */
static int add_directory(BIO *all, const char *path, const char **why,
                         apr_pool_t *p)
{
    const char *ignored;
    apr_dir_t *directory;
    apr_finfo_t info;
    char *bytes;
    int count = 0;
    apr_status_t rv = apr_dir_open(&directory, path, p);

    if (rv != APR_SUCCESS) {
        *why = apr_psprintf(p, "%pm", &rv);
        return 0;
    }
    while (apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS &&
           BIO_get_mem_data(all, &bytes) <= (long)TI_AUTHORITIES_MAX) {
        if (is_hashed(info.name)) {
            count += add_file(all, apr_pstrcat(p, path, "/", info.name, NULL),
                              &ignored, p);
        }
    }
    apr_dir_close(directory);
    if (count == 0) {
        *why = "it is a directory without hash links to its certificates: run "
               "'openssl rehash' on it";
    } else if (BIO_get_mem_data(all, &bytes) > (long)TI_AUTHORITIES_MAX) {
        *why = "its certificates are larger than a megabyte";
        count = 0;
    }
    return count;
}

static int is_hashed(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' &&
           apr_isdigit(name[9]);
}

/* The certificates alone: whatever else is in the file is nobody's business. */
static int copy_all(BIO *all, char *text, apr_size_t size)
{
    BIO *bio = BIO_new_mem_buf(text, (int)size);
    STACK_OF(X509_INFO) *found =
        bio != NULL ? PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL) : NULL;
    int count = 0;
    int i;

    for (i = 0; found != NULL && i < sk_X509_INFO_num(found); i++) {
        X509 *certificate = sk_X509_INFO_value(found, i)->x509;

        count +=
            certificate != NULL && PEM_write_bio_X509(all, certificate) == 1;
    }
    sk_X509_INFO_pop_free(found, X509_INFO_free);
    BIO_free(bio);
    return count;
}
