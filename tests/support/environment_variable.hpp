// What the next process that is started finds in its environment, as long as this lives.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace meguri::test {

class environment_variable {
public:
    environment_variable(const char* name, const std::string& value) : name_{name} { ::setenv(name, value.c_str(), 1); }
    ~environment_variable() { ::unsetenv(name_); }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;

private:
    const char* name_;
};

// LD_PRELOAD of tests/shim/<name>.cpp; MEGURI_SHIMS names the folder of what was built of them.
class preloaded_shim {
public:
    explicit preloaded_shim(const std::string& name) : preload_{"LD_PRELOAD", file_of(name)} {}

private:
    static std::string file_of(const std::string& name) {
        const char* const folder = std::getenv("MEGURI_SHIMS");
        if (folder == nullptr) throw std::runtime_error{"MEGURI_SHIMS names no folder with libraries to preload"};
        return std::string{folder} + "/libmeguri_" + name + ".so";
    }
    environment_variable preload_;
};

} // namespace meguri::test
