// The SDK's notice about Node 20 is for us, not for the reader of a test report.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
