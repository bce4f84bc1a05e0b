// Joins processes by MPI. An addon of its own, which `npm run build:mpi` builds where MPI's compiler is: it has MPI's
// calls, and no arithmetic. src/backend/mpi/addon.ts describes its exports.
//
// MPI ends all processes when a call fails (MPI_ERRORS_ARE_FATAL), and mpirun does when one of them dies, so that no
// call returns an error.
#include <mpi.h>
#include <node_api.h>

#include <cstddef>

#include "../addon/process_group_tag.h"
#include "../engine/core/process_group.h"

namespace two_layer_net {
namespace {

void exchange(void*, const void* from, void* to, size_t bytes) {
  const int count = static_cast<int>(bytes);
  MPI_Alltoall(from, count, MPI_BYTE, to, count, MPI_BYTE, MPI_COMM_WORLD);
}

void gather(void*, const void* from, void* to, size_t bytes) {
  const int count = static_cast<int>(bytes);
  MPI_Allgather(from, count, MPI_BYTE, to, count, MPI_BYTE, MPI_COMM_WORLD);
}

ProcessGroup group{nullptr, 0, 1, exchange, gather};

napi_value throw_error(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

void set(napi_env env, napi_value object, const char* name, int value) {
  napi_value number;
  napi_create_int32(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

void set(napi_env env, napi_value object, const char* name, const char* text, int length) {
  napi_value string;
  napi_create_string_utf8(env, text, length, &string);
  napi_set_named_property(env, object, name, string);
}

// join(): { rank, size, host, library, handle }. A training calls MPI on a thread of its own, and this one may end all
// processes meanwhile.
napi_value join(napi_env env, napi_callback_info) {
  int provided = 0, is_initialized = 0, is_finalized = 0, length = 0;
  MPI_Finalized(&is_finalized);
  if (is_finalized) return throw_error(env, "this process has left its group");
  MPI_Initialized(&is_initialized);
  if (!is_initialized) {
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided);
    if (provided < MPI_THREAD_MULTIPLE) return throw_error(env, "this MPI was built without threads");
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &group.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &group.size);
  napi_value object, handle;
  napi_create_object(env, &object);
  set(env, object, "rank", group.rank);
  set(env, object, "size", group.size);
  char host[MPI_MAX_PROCESSOR_NAME], library[MPI_MAX_LIBRARY_VERSION_STRING];
  MPI_Get_processor_name(host, &length);
  set(env, object, "host", host, length);
  MPI_Get_library_version(library, &length);
  set(env, object, "library", library, length);
  napi_create_external(env, &group, nullptr, nullptr, &handle);
  if (napi_type_tag_object(env, handle, &addon::kProcessGroupTag) != napi_ok) {
    return throw_error(env, "this version of Node cannot pass a process group on");
  }
  napi_set_named_property(env, object, "handle", handle);
  return object;
}

using Collective = void (*)(void*, const void*, void*, size_t);

// gather(from, to) and exchange(from, to), of Uint8Arrays: `to` has room for all processes.
template <Collective collective, bool kFromAll>
napi_value pass(napi_env env, napi_callback_info info) {
  size_t count = 2, sizes[2];
  napi_value arrays[2];
  void* data[2];
  napi_get_cb_info(env, info, &count, arrays, nullptr, nullptr);
  for (int i = 0; i < 2; i++) {
    napi_typedarray_type type;
    if (napi_get_typedarray_info(env, arrays[i], &type, &sizes[i], &data[i], nullptr, nullptr) != napi_ok ||
        type != napi_uint8_array) {
      return throw_error(env, "expected two Uint8Arrays");
    }
  }
  const size_t size = group.size, bytes = sizes[1] / size;
  if (bytes * size != sizes[1] || sizes[0] != (kFromAll ? sizes[1] : bytes) || bytes > (size_t{1} << 30)) {
    return throw_error(env, "expected arrays that fit the number of processes");
  }
  collective(nullptr, data[0], data[1], bytes);
  return nullptr;
}

// leave(): waits for all processes to leave.
napi_value leave(napi_env, napi_callback_info) {
  int is_finalized = 0;
  MPI_Finalized(&is_finalized);
  if (!is_finalized) MPI_Finalize();
  return nullptr;
}

// fail(code): ends all processes when this one has ended: Node prints an error that nobody has caught only after
// listeners of `exit` have run.
napi_value fail(napi_env env, napi_callback_info info) {
  static int32_t code = 1;
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_int32(env, argument, &code);
  napi_add_env_cleanup_hook(env, [](void*) { MPI_Abort(MPI_COMM_WORLD, code); }, nullptr);
  return nullptr;
}

void set(napi_env env, napi_value exports, const char* name, napi_callback call) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace
}  // namespace two_layer_net

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  using namespace two_layer_net;
  set(env, exports, "join", join);
  set(env, exports, "gather", pass<gather, false>);
  set(env, exports, "exchange", pass<exchange, true>);
  set(env, exports, "leave", leave);
  set(env, exports, "fail", fail);
  return exports;
}
