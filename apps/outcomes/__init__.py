"""What decisions and channels brought: refunds and margin joined, credit shared out by rules."""
