// What the module asks of JavaScript (src/backend/wasm/imports.ts implements it), and how it exports functions.
#pragma once

#include <cstddef>

#define TWO_LAYER_NET_IMPORT(name) __attribute__((import_module("host"), import_name(name)))
#define TWO_LAYER_NET_EXPORT(name) extern "C" __attribute__((export_name(name)))

namespace two_layer_net::host {

// Throws an error in JavaScript, through the frames of the module, which is not used any more after that.
TWO_LAYER_NET_IMPORT("outOfMemory") void out_of_memory(size_t bytes);

// Milliseconds of a clock that never goes back. Each thread has its own.
TWO_LAYER_NET_IMPORT("now") double now();

// Starts a Worker that calls serve(member) in an instance of its own, with this stack and this memory for thread-local
// variables. It begins later, or never. Returns whether it may begin.
TWO_LAYER_NET_IMPORT("startMember") bool start_member(void* member, void* end_of_stack, void* thread_locals);

// Whether the training that runs on this thread is to stop.
TWO_LAYER_NET_IMPORT("stopped") bool stopped();

// Tells JavaScript's thread that the training on this one, which goes on, has a report.
TWO_LAYER_NET_IMPORT("tell") void tell();

}  // namespace two_layer_net::host
