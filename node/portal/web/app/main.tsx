document.title = "溯源 Suyuan";
