# The Debian packages: what each installs where, and what cpack needs to know. ./dev package makes them. A till has
# `meguri-reader` alone, a switch `meguri`.
set(CPACK_PACKAGE_CONTACT "Meguri maintainers <maintainers@meguri.example>")
set(package_source ${PROJECT_SOURCE_DIR}/config/package)
set(package_made ${PROJECT_BINARY_DIR}/package)

# Only the programs: cpack would build everything first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(CODE "execute_process(COMMAND \"${CMAKE_COMMAND}\" -D \"SOURCE=${PROJECT_SOURCE_DIR}\" -D \"OUT=${package_made}\"
    -D \"VERSION=${PROJECT_VERSION}\" -D \"MAINTAINER=${CPACK_PACKAGE_CONTACT}\" -P \"${package_source}/make_files.cmake\"
    COMMAND_ERROR_IS_FATAL ANY)" ALL_COMPONENTS)

install(TARGETS meguri DESTINATION bin COMPONENT switch)
install(FILES ${PROJECT_SOURCE_DIR}/config/meguri.service DESTINATION /lib/systemd/system COMPONENT switch)
install(FILES ${package_made}/meguri.toml DESTINATION /etc/meguri COMPONENT switch)
install(FILES ${package_made}/meguri.1.gz DESTINATION share/man/man1 COMPONENT switch)
install(FILES ${package_made}/meguri.toml.5.gz DESTINATION share/man/man5 COMPONENT switch)
install(FILES ${package_source}/copyright ${package_made}/changelog.gz ${package_made}/CHANGELOG.md.gz
        ${PROJECT_SOURCE_DIR}/README.md DESTINATION share/doc/meguri COMPONENT switch)
set(metrics ${PROJECT_SOURCE_DIR}/metrics)
install(DIRECTORY ${metrics}/runbooks ${metrics}/alertmanager DESTINATION share/meguri COMPONENT switch)
install(DIRECTORY ${metrics}/prometheus DESTINATION share/meguri COMPONENT switch
        FILES_MATCHING PATTERN "*.yml" PATTERN tests EXCLUDE)
install(DIRECTORY ${metrics}/grafana/dashboards ${metrics}/grafana/provisioning DESTINATION share/meguri/grafana
        COMPONENT switch)

install(TARGETS meguri_reader DESTINATION bin COMPONENT reader)
install(FILES ${package_made}/meguri-reader.1.gz DESTINATION share/man/man1 COMPONENT reader)
install(FILES ${package_source}/copyright ${package_made}/changelog.gz ${package_made}/CHANGELOG.md.gz
        DESTINATION share/doc/meguri-reader COMPONENT reader)

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL switch reader)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_SOURCE_DIR}/build/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # of both; each has its own as the first line of its description

set(CPACK_DEBIAN_SWITCH_PACKAGE_NAME meguri)
set(CPACK_DEBIAN_SWITCH_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SWITCH_DESCRIPTION
"switch for municipal points
Meguri decides payments in points of Japanese municipalities, of many tills
at once, and makes each durable before it is answered. It keeps a
double-entry ledger in one folder.

The package brings the service, its settings, alerts for Prometheus,
dashboards for Grafana and a runbook for each alert.")
set(CPACK_DEBIAN_SWITCH_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_SWITCH_PACKAGE_SUGGESTS "prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_SWITCH_PACKAGE_CONTROL_EXTRA
    ${package_source}/postinst ${package_source}/prerm ${package_source}/postrm ${package_source}/conffiles)

set(CPACK_DEBIAN_READER_PACKAGE_NAME meguri-reader)
set(CPACK_DEBIAN_READER_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_READER_DESCRIPTION
"has My Number cards sign payments in municipal points
meguri-reader stands beside a till, at a desk or at home. It asks for the PIN
of the My Number card on the reader, has the card sign one payment or one
log-in, and prints what is to be sent to a switch for municipal points.

Neither the till nor the switch ever sees the PIN.")
set(CPACK_DEBIAN_READER_PACKAGE_DEPENDS "opensc, pcscd")
include(CPack)
