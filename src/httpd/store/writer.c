/* SPDX-License-Identifier: Apache-2.0 */
#include "store/writer.h"

#include <apr_queue.h>
#include <apr_thread_proc.h>

#include "base/thread.h"

struct mai_writer_t {
    apr_queue_t *queue;
    apr_thread_t *thread;
};

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data);
static apr_status_t end(void *data);

apr_status_t mai_writer_create(mai_writer_t **writer, apr_pool_t *pchild)
{
    mai_writer_t *made = apr_pcalloc(pchild, sizeof(*made));
    apr_status_t rv =
        apr_queue_create(&made->queue, MAI_WRITER_WAITING, pchild);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = ti_thread_attach(&made->thread, run, end, made, pchild);
    if (rv == APR_SUCCESS) {
        *writer = made;
    }
    return rv;
}

apr_status_t mai_writer_add(mai_writer_t *writer, mai_written_t *written)
{
    return apr_queue_trypush(writer->queue, written);
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    mai_writer_t *writer = data;
    apr_status_t rv;
    void *item;

    (void)thread;
    apr_setup_signal_thread(); /* a crash is still to be seen as one */
    do {
        rv = apr_queue_pop(writer->queue, &item);
        if (rv == APR_SUCCESS) {
            mai_written_t *written = item;

            written->write(written);
            apr_pool_destroy(written->p);
        }
    } while (rv == APR_SUCCESS || APR_STATUS_IS_EINTR(rv));
    return NULL;
}

static apr_status_t end(void *data)
{
    mai_writer_t *writer = data;
    apr_status_t rv;
    void *item;

    while (apr_queue_trypop(writer->queue, &item) == APR_SUCCESS) {
        apr_pool_destroy(((mai_written_t *)item)->p);
    }
    apr_queue_term(writer->queue);
    return apr_thread_join(&rv, writer->thread);
}
