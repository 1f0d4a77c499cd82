# What the package derives from other files, so that it cannot differ from them:
#   cmake -D SOURCE=<tree> -D OUT=<folder> -D VERSION=... -D MAINTAINER=... -P make_files.cmake
# makes meguri.toml, each setting commented out with its default; the manuals; the changelog that Debian asks for.
file(MAKE_DIRECTORY ${OUT})
file(READ ${SOURCE}/config/meguri.toml settings)

# Read line by line by nobody: CMake's lists would stumble over brackets and semicolons.
string(REGEX REPLACE "\n([a-z_]+ = )" "\n#\\1" commented "${settings}")
string(REPLACE "Use: meguri serve --config FILE" "The service reads it: see meguri(1), meguri.toml(5)" commented "${commented}")
file(WRITE ${OUT}/meguri.toml "${commented}")

string(REPLACE "\\" "\\e" verbatim "${settings}")
string(REPLACE "-" "\\-" verbatim "${verbatim}")
string(REGEX REPLACE "\n([.'])" "\n\\\\&\\1" verbatim "${verbatim}")
file(WRITE ${OUT}/meguri.toml.5 ".TH MEGURI.TOML 5 \"\" \"meguri ${VERSION}\" \"File Formats\"
.SH NAME
meguri.toml \\- settings of the switch for municipal points
.SH DESCRIPTION
The packaged service reads
.IR /etc/meguri/meguri.toml .
This is every setting with its default.
.PP
.nf
${verbatim}.fi
.SH SEE ALSO
.BR meguri (1)
")
foreach(one meguri.1 meguri-reader.1)
    file(READ ${SOURCE}/config/package/${one} manual)
    string(REPLACE " 1 \"\" \"\"" " 1 \"\" \"meguri ${VERSION}\"" manual "${manual}")
    file(WRITE ${OUT}/${one} "${manual}")
endforeach()

file(TIMESTAMP ${SOURCE}/CHANGELOG.md date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${OUT}/changelog "meguri (${VERSION}) unstable; urgency=medium

  * What changed stands in CHANGELOG.md beside this file.

 -- ${MAINTAINER}  ${date}
")
file(COPY ${SOURCE}/CHANGELOG.md DESTINATION ${OUT})
foreach(one meguri.1 meguri-reader.1 meguri.toml.5 changelog CHANGELOG.md)
    execute_process(COMMAND gzip --best --no-name --force ${OUT}/${one} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
