# Fails when a source includes what its room may not see. Run by ctest as `layers`: cmake -DROOT=… -P check_layers.cmake
# Distribution packages put every library on the default include path, so linking alone does not stop an include.

# room | rooms that it may include | third-party prefixes that it may include
set(rules
  "harness/core|harness/core|fmt/ boost/json boost/system nettle/ zlib.h"
  "harness/chem|harness/core harness/chem|fmt/ GraphMol/ DataStructs/ RDGeneral/ Geometry/ INCHI-API/ inchi boost/dynamic_bitset boost/random/"
  "metrics|harness/core harness/chem metrics|fmt/ rapidfuzz/ unicode/ boost/math/"
  "models/text|harness/core models/text|fmt/ sentencepiece unicode/"
  "models/weights|harness/core models/weights|fmt/"
  "models/baselines|harness/core harness/chem models|fmt/ linear.h"
  "models/plugin|models/plugin|none"
  "models/torch|harness/core models|fmt/ ATen/ c10/ torch/"
  "models|harness/core harness/chem models|fmt/ boost/json"
  "tasks|harness/core harness/chem tasks|fmt/"
  "results|harness/core results|fmt/ sqlite3"
  "reports|harness/core harness/chem reports metrics results|fmt/"
  "harness/run|harness metrics models tasks results reports|fmt/ benchmark/"
  "harness/plan|harness metrics models tasks results reports|fmt/"
  "harness/plugin|harness/core harness/plugin models|fmt/"
  "harness/cli|harness metrics models tasks results reports|fmt/ CLI/"
)
# Everybody may use these: the standard library, and the system headers named here.
set(system "std[a-z]+.h|sched.h|spawn.h|poll.h|unistd.h|fcntl.h|dlfcn.h|sys/[a-z]+.h|malloc.h")

set(faults 0)
file(GLOB_RECURSE sources RELATIVE ${ROOT}
  ${ROOT}/harness/*.h ${ROOT}/harness/*.cc ${ROOT}/models/*.h ${ROOT}/models/*.cc ${ROOT}/metrics/*.h ${ROOT}/metrics/*.cc
  ${ROOT}/tasks/*.h ${ROOT}/tasks/*.cc ${ROOT}/results/*.h ${ROOT}/results/*.cc ${ROOT}/reports/*.h ${ROOT}/reports/*.cc)
list(LENGTH sources count)
if(NOT DEFINED MINIMUM)
  set(MINIMUM 20)   # fewer means that ROOT is wrong and nothing was checked
endif()
if(count LESS MINIMUM)
  message(FATAL_ERROR "only ${count} sources found below ${ROOT}: is ROOT right?")
endif()
foreach(source IN LISTS sources)
  set(found FALSE)
  foreach(rule IN LISTS rules)
    string(REPLACE "|" ";" parts "${rule}")
    list(GET parts 0 room)
    if(source MATCHES "^${room}/")
      list(GET parts 1 may_rooms)
      list(GET parts 2 may_third)
      set(found TRUE)
      break()
    endif()
  endforeach()
  if(NOT found)
    message("${source}: stands in no room; add the room to check_layers.cmake")
    math(EXPR faults "${faults} + 1")
    continue()
  endif()
  file(STRINGS ${ROOT}/${source} lines REGEX "^ *# *include")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "# *include *[<\"]([^>\"]+)[>\"]")
      continue()
    endif()
    set(header ${CMAKE_MATCH_1})
    if(header MATCHES "^[a-z_]+$" OR header MATCHES "^(${system})$" OR header STREQUAL "harness/version.h")
      continue()
    endif()
    set(allowed FALSE)
    string(REPLACE " " ";" prefixes "${may_third}")
    foreach(prefix IN LISTS prefixes)
      string(FIND "${header}" "${prefix}" at)
      if(at EQUAL 0)
        set(allowed TRUE)
      endif()
    endforeach()
    string(REPLACE " " ";" prefixes "${may_rooms}")
    foreach(prefix IN LISTS prefixes)
      string(FIND "${header}" "${prefix}/" at)
      if(at EQUAL 0)
        set(allowed TRUE)
      endif()
    endforeach()
    if(NOT allowed)
      message("${source}: '${room}' may not include ${header}")
      math(EXPR faults "${faults} + 1")
    endif()
  endforeach()
endforeach()
if(faults GREATER 0)
  message(FATAL_ERROR "${faults} includes cross a floor (allowed: see the table in harness/cmake/check_layers.cmake)")
endif()
message("${count} sources keep to their floors")
