dist_man_MANS = man/wheelfix.1 man/wheelfix-json.5 man/wheelfix-policy.5 man/wheelpack.1
