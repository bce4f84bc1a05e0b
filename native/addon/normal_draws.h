// The calls randn and randnSync of binding.d.ts.
#pragma once

#include <napi.h>

#include "argument.h"

namespace two_layer_net::addon {

// Draws and returns the state of the generator after the last draw.
template <class T>
Napi::Object draw_on_this_thread(const Argument& call);

// Draws on a thread of libuv's pool and returns a promise of that state.
template <class T>
Napi::Promise draw_on_pool_thread(const Argument& call);

extern template Napi::Object draw_on_this_thread<float>(const Argument&);
extern template Napi::Object draw_on_this_thread<double>(const Argument&);
extern template Napi::Promise draw_on_pool_thread<float>(const Argument&);
extern template Napi::Promise draw_on_pool_thread<double>(const Argument&);

}  // namespace two_layer_net::addon
