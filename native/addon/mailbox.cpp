#include "mailbox.h"

#include <memory>
#include <utility>

namespace two_layer_net::addon {

void Mailbox::open(Napi::Env env, const char* name, std::function<void()> closed) {
  function_ = decltype(function_)::New(
      env, name, 0, 1, static_cast<std::nullptr_t*>(nullptr),
      [this, closed = std::move(closed)](Napi::Env, void*, std::nullptr_t*) {
        open_ = false;
        closed();
      },
      static_cast<void*>(nullptr));
  open_ = true;
}

bool Mailbox::post(Message message) {
  if (!open_) return false;
  auto posted = std::make_unique<Message>(std::move(message));
  // A mailbox that is closing must not be touched again.
  if (function_.BlockingCall(posted.get()) != napi_ok) {
    open_ = false;
    return false;
  }
  posted.release();  // deliver() deletes it
  return true;
}

void Mailbox::close() {
  if (open_.exchange(false)) function_.Release();
}

void Mailbox::wait_for_messages(Napi::Env env, bool wait) {
  if (wait) function_.Ref(env);
  else function_.Unref(env);
}

void Mailbox::deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message) {
  const std::unique_ptr<Message> owned(message);
  if (static_cast<napi_env>(env) != nullptr) (*owned)(env);  // null while the environment is being torn down
}

}  // namespace two_layer_net::addon
