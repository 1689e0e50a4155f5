/* The boundary of a plug-in, in plain C: no exception, no C++ type and no allocated memory crosses
 * it.
 *
 * A plug-in is a shared library with one exported function, cupel_plugin(). It is opened with local
 * symbols and never closed. The program links neither LibTorch nor sentencepiece: in one link they
 * crash before main (two versions of protobuf interpose).
 */
#ifndef CUPEL_MODELS_PLUGIN_PLUGIN_ABI_H_
#define CUPEL_MODELS_PLUGIN_PLUGIN_ABI_H_

#include <stddef.h>
#include <stdint.h>

/* C names. NOLINTBEGIN(readability-identifier-naming) */
#ifdef __cplusplus
extern "C" {
#endif

/* Raised by every change of this file. A plug-in of another version is refused. */
#define CUPEL_PLUGIN_ABI_VERSION 1u

/* Text without a terminating zero; it belongs to the caller of the function that receives it. */
typedef struct CupelText {
  const char* data;
  size_t size;
} CupelText;

/* Receives one fact, as often as the plug-in likes, before the function that was given it returns.
 */
typedef void (*CupelFactSink)(void* context, CupelText key, CupelText value);

typedef enum CupelStatus { CUPEL_OK = 0, CUPEL_FAILED = 1 } CupelStatus;

typedef struct CupelPlugin {
  uint32_t abi_version; /* CUPEL_PLUGIN_ABI_VERSION of the plug-in's build */
  uint32_t struct_size; /* sizeof(CupelPlugin) of the plug-in's build */
  const char* name;     /* "torch" */

  /* What this plug-in runs on: versions, devices, threads, the linear algebra that is really
   * mapped. After CUPEL_FAILED the last fact has the key "error". */
  CupelStatus (*describe)(CupelFactSink sink, void* context);
} CupelPlugin;

/* The one exported symbol. The table lives as long as the process. */
const CupelPlugin* cupel_plugin(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming) */
#endif
