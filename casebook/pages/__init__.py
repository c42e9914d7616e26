"""What readers get: pages, spreadsheets and PDF, the gates before them, and their publication."""
