/* The C interface of the sentencepiece module. The program does not link libsentencepiece, because
   that and LibTorch bring two protobuf libraries which break each other; only the module does. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* C names. NOLINTBEGIN(readability-identifier-naming) */
#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever a signature below does. */
#define CUPEL_SENTENCEPIECE_VERSION 3U

/* The one exported symbol: a cupel_sentencepiece_entry. */
#define CUPEL_SENTENCEPIECE_ENTRY "cupel_sentencepiece"

typedef struct cupel_sentencepiece_model cupel_sentencepiece_model;

/* Receives one text; the bytes are valid during the call only. Must not throw. */
typedef void (*cupel_sentencepiece_text)(void* context, const char* bytes, size_t size);

/* Receives a normalised text, and for each of its bytes and its end the byte of the text from which
   it came: size + 1 numbers that never fall. Valid during the call only. Must not throw. */
typedef void (*cupel_sentencepiece_normal)(void* context, const char* bytes, size_t size,
                                           const size_t* origins);

/* Receives a piece of the vocabulary and the logarithm of its probability. Must not throw. */
typedef void (*cupel_sentencepiece_piece)(void* context, const char* bytes, size_t size,
                                          float score);

/* A text of a corpus. */
typedef struct cupel_sentencepiece_bytes {
  const char* bytes;
  size_t size;
} cupel_sentencepiece_bytes;

/* All functions may be called from several threads at once, and return 0 for success. Otherwise
   they have called `message` once with the reason. */
typedef struct cupel_sentencepiece_api {
  uint32_t version;
  uint32_t size; /* of this struct */

  /* `bytes` is a serialized model file, copied. Sets *model, for close(). */
  int (*open)(const char* bytes, size_t size, cupel_sentencepiece_model** model,
              cupel_sentencepiece_text message, void* context);
  /* Calls `piece` for each piece of the vocabulary, in the order of their ids. */
  int (*pieces)(const cupel_sentencepiece_model* model, cupel_sentencepiece_piece piece,
                cupel_sentencepiece_text message, void* context);
  /* Calls `normal` once with the text as the model sees it: a space before it, each space
     as U+2581, no space at the end. */
  int (*normalize)(const cupel_sentencepiece_model* model, const char* text, size_t size,
                   cupel_sentencepiece_normal normal, cupel_sentencepiece_text message,
                   void* context);
  /* Null is allowed. */
  void (*close)(cupel_sentencepiece_model* model);
  /* Calls `trained` once with a serialized unigram model of at most `vocabulary_size` pieces, made
     from `count` texts as models/text/unigram_training.h says. */
  int (*train)(const cupel_sentencepiece_bytes* texts, size_t count, uint32_t vocabulary_size,
               cupel_sentencepiece_text trained, cupel_sentencepiece_text message, void* context);
} cupel_sentencepiece_api;

typedef const cupel_sentencepiece_api* (*cupel_sentencepiece_entry)(void);

#ifdef __cplusplus
}
/* NOLINTEND(readability-identifier-naming) */
#endif
