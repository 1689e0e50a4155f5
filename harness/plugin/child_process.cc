#include "harness/plugin/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"

namespace cupel {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kKeptErrors = std::size_t{8} << 10U;
constexpr milliseconds kGrace{1000};
constexpr milliseconds kStep{5};

[[noreturn]] void cannot_start(const std::vector<std::string>& argv, int reason) {
  throw Error(
      Code::kCapability,
      fmt::format("'{}' cannot be started: {}", quote(argv.front(), 200), std::strerror(reason)),
      "a name without a slash is looked up in PATH, any other path starts at the folder of "
      "the preset; the file must be executable");
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// Both ends are above the standard streams, so that they can be put in their places in any order.
struct Pipe {
  int read = -1;
  int write = -1;

  explicit Pipe(const std::vector<std::string>& argv) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) cannot_start(argv, errno);
    read = lifted(ends[0]);
    write = lifted(ends[1]);
    if (read < 0 || write < 0) {
      const int reason = errno;
      close();
      cannot_start(argv, reason);
    }
  }
  ~Pipe() { close(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

 private:
  static int lifted(int fd) {
    if (fd > STDERR_FILENO) return fd;
    const int higher = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ::close(fd);
    return higher;
  }
  void close() {
    close_fd(read);
    close_fd(write);
  }
};

/// posix_spawn's two tables, freed at the end.
struct SpawnTables {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

  SpawnTables() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnTables() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnTables(const SpawnTables&) = delete;
  SpawnTables& operator=(const SpawnTables&) = delete;
};

/// While it lives, writing into a pipe that nobody reads sends this thread no signal.
class SigpipeBlocked {
 public:
  SigpipeBlocked() {
    ::sigemptyset(&sigpipe_);
    ::sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeBlocked() {
    const timespec at_once{};
    while (!was_pending_ && ::sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

void set_attributes(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t defaults;
  ::sigemptyset(&none);
  ::sigemptyset(&defaults);
  for (const int changed : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) ::sigaddset(&defaults, changed);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
}

/// This end only: the child's stays as programs expect it.
int not_blocking(int& fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return std::exchange(fd, -1);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv,
                           const std::filesystem::path& folder) {
  Pipe in(argv);
  Pipe out(argv);
  Pipe err(argv);
  SpawnTables tables;
  ::posix_spawn_file_actions_adddup2(&tables.actions, in.read, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&tables.actions, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&tables.actions, err.write, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&tables.actions, STDERR_FILENO + 1);
  ::posix_spawn_file_actions_addchdir_np(&tables.actions, folder.c_str());
  set_attributes(tables.attributes);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int reason = ::posix_spawnp(&pid_, words.front(), &tables.actions, &tables.attributes,
                                    words.data(), environ);
  if (reason != 0) {
    pid_ = -1;
    cannot_start(argv, reason);
  }
  in_ = not_blocking(in.write);
  out_ = not_blocking(out.read);
  err_ = not_blocking(err.read);
}

ChildProcess::~ChildProcess() { stop(); }

void ChildProcess::pump(std::string_view& input, milliseconds wait) {
  std::array<pollfd, 3> ends = {
      {{.fd = out_, .events = POLLIN, .revents = 0},
       {.fd = err_, .events = POLLIN, .revents = 0},
       {.fd = input.empty() ? -1 : in_, .events = POLLOUT, .revents = 0}}};
  const int ready = ::poll(ends.data(), ends.size(), static_cast<int>(wait.count()));
  if (ready <= 0) {
    // A process that it started may keep its output open when it is gone.
    if (ready == 0 && exited()) close_fd(out_);
    return;
  }
  if (ends[0].revents != 0) receive(out_, output_);
  if (ends[1].revents != 0) receive(err_, errors_);
  if (errors_.size() > kKeptErrors) errors_.erase(0, errors_.size() - kKeptErrors);
  if (ends[2].revents != 0) send(input);
}

void ChildProcess::receive(int& fd, std::string& buffer) {
  std::array<char, std::size_t{64} << 10U> piece;
  const ssize_t got = ::read(fd, piece.data(), piece.size());
  if (got > 0) {
    buffer.append(piece.data(), static_cast<std::size_t>(got));
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    close_fd(fd);
  }
}

void ChildProcess::send(std::string_view& input) {
  const SigpipeBlocked blocked;
  const ssize_t put = ::write(in_, input.data(), input.size());
  if (put >= 0)
    input.remove_prefix(static_cast<std::size_t>(put));
  else if (errno != EAGAIN && errno != EINTR)
    close_fd(in_);
}

std::optional<std::string> ChildProcess::take_line() {
  const std::size_t end = output_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = output_.size();
    return std::nullopt;
  }
  std::string line = output_.substr(0, end);
  output_.erase(0, end + 1);
  scanned_ = 0;
  return line;
}

bool ChildProcess::exited() const {
  siginfo_t info{};
  // It stays a zombie, so that its number still names its group when that is killed.
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == pid_;
}

std::string ChildProcess::stop() {
  if (pid_ < 0) return {};
  close_fd(in_);
  std::string_view nothing;
  bool by_itself = exited();
  for (const auto end = steady_clock::now() + kGrace; !by_itself && steady_clock::now() < end;) {
    output_.clear();  // it may fill its pipe before it ends
    scanned_ = 0;
    if (out_ < 0 && err_ < 0)
      ::poll(nullptr, 0, static_cast<int>(kStep.count()));
    else
      pump(nothing, kStep);
    by_itself = exited();
  }
  if (err_ >= 0) pump(nothing, milliseconds{0});
  ::kill(-pid_, SIGKILL);
  const std::string how = reap();
  close_fd(out_);
  close_fd(err_);
  return by_itself ? how : "closed its output";
}

std::string ChildProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) {
    return fmt::format("was ended by signal {} ({})", WTERMSIG(status),
                       ::strsignal(WTERMSIG(status)));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

}  // namespace cupel
